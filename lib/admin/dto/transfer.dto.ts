import { IsBoolean, IsIn, IsNumber, IsString } from '../../options/validators.js';
import { Obeys, Optional } from '../../options/option-rules.js';
import { types, WhereDto } from './key.dto.js';

/** Forms of contents in a line: the notation of types, or the stored bytes in base64. */
export const forms = ['values', 'bytes'] as const;
export type Form = (typeof forms)[number];

const mostAtOnce = 1000;

const AreTexts = (noun: string): PropertyDecorator =>
  Obeys('areTexts', (value, what) => {
    const isList =
      Array.isArray(value) && value.length <= mostAtOnce && value.every((text) => typeof text === 'string');
    if (!isList) throw new TypeError(`${what} must be a list of at most ${mostAtOnce} ${noun}`);
  });

/** Exports chosen keys, or the keys that match. */
export class ExportDto extends WhereDto {
  @IsIn(forms)
  form!: Form;

  @Optional()
  @AreTexts('keys')
  keys?: string[];

  /** A glob pattern. Defaults to all keys. */
  @Optional()
  @IsString()
  pattern?: string;

  @Optional()
  @IsIn(types)
  type?: (typeof types)[number];
}

/** Imports some lines of a file. */
export class ImportDto extends WhereDto {
  @AreTexts('lines')
  lines!: string[];

  /** The line number of the first line. */
  @IsNumber()
  first!: number;

  /** Overwrites existing keys. By default they stay unchanged. */
  @Optional()
  @IsBoolean()
  overwrite?: boolean;
}
