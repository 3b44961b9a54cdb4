import { IsBoolean, IsIn, IsNumber, IsString } from '../../options/validators.js';
import { Obeys, Optional } from '../../options/option-rules.js';
import { types, WhereDto } from './key.dto.js';

/** How contents stand in a line: in the notation of types, or as their stored bytes in base64. */
export const forms = ['values', 'bytes'] as const;
export type Form = (typeof forms)[number];

const mostAtOnce = 1000;

const AreTexts = (noun: string): PropertyDecorator =>
  Obeys('areTexts', (value, what) => {
    const isList =
      Array.isArray(value) && value.length <= mostAtOnce && value.every((text) => typeof text === 'string');
    if (!isList) throw new TypeError(`${what} must be a list of at most ${mostAtOnce} ${noun}`);
  });

/** Which keys go along: those chosen, or those that match. */
export class ExportDto extends WhereDto {
  @IsIn(forms)
  form!: Form;

  @Optional()
  @AreTexts('keys')
  keys?: string[];

  /** A glob pattern; all keys where left out. */
  @Optional()
  @IsString()
  pattern?: string;

  @Optional()
  @IsIn(types)
  type?: (typeof types)[number];
}

/** Some lines of a file. */
export class ImportDto extends WhereDto {
  @AreTexts('lines')
  lines!: string[];

  /** The number of the first of them. */
  @IsNumber()
  first!: number;

  /** Whether keys that are there give way; they stay where left out. */
  @Optional()
  @IsBoolean()
  overwrite?: boolean;
}
