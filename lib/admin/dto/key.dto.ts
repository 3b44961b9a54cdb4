import { IsIn, IsString } from '../../options/validators.js';
import { IsTimeout, Obeys, Optional } from '../../options/option-rules.js';
import type { Timeout } from '../../index.js';
import { IsWalkCursor } from './cursors.js';

export const types = ['string', 'hash', 'list', 'set', 'zset', 'stream'] as const;

/** Of which version. */
export class VersionDto {
  /** The cache's own where left out. */
  @Optional()
  @IsString()
  version?: string;
}

/** Which keys of a cache are meant. */
export class WhereDto extends VersionDto {
  /** The tenant; keys of none where left out. */
  @Optional()
  @IsString()
  scope?: string;
}

/** What of a request says which keys are meant. */
export const whereOf = ({ version, scope }: WhereDto): Pick<WhereDto, 'version' | 'scope'> => ({
  ...(version !== undefined && { version }),
  ...(scope !== undefined && { scope }),
});

/** Which keys are meant. */
export class PatternDto extends WhereDto {
  /** A glob pattern. */
  @IsString()
  pattern!: string;
}

/** Which keys of which type are meant. */
export class MatchDto extends PatternDto {
  @Optional()
  @IsIn(types)
  type?: (typeof types)[number];
}

/** A deletion of them. */
export class DeletionDto extends MatchDto {
  /** The pattern once more, where they are many. */
  @Optional()
  @IsString()
  confirm?: string;
}

const mostChosen = 1000;

/** Keys that were chosen one by one. */
export class ChosenDto extends WhereDto {
  @Obeys('areKeys', (value, what) => {
    const isList = Array.isArray(value) && value.length <= mostChosen && value.every((key) => typeof key === 'string');
    if (!isList) throw new TypeError(`${what} must be a list of at most ${mostChosen} keys`);
  })
  keys!: string[];
}

/** One page of keys. */
export class KeysDto extends MatchDto {
  /** What the last page gave. */
  @Optional()
  @IsString()
  @IsWalkCursor()
  cursor?: string;
}

/** One level of the tree of keys. */
export class KeyTreeDto extends KeysDto {
  /** What its keys begin with; all where left out. */
  @Optional()
  @IsString()
  prefix?: string;
}

/** Which key is meant. */
export class KeyDto extends WhereDto {
  @IsString()
  key!: string;
}

/** One page of what is in a key. */
export class EntryDto extends WhereDto {
  @Optional()
  @IsString()
  key?: string;

  /** Its bytes, where it is no UTF-8: an address has no other word for it. */
  @Optional()
  @Obeys('isHex', (value, what) => {
    if (typeof value !== 'string' || !/^([\da-f]{2})+$/.test(value))
      throw new TypeError(`${what} must be the bytes of a key, in hexadecimal`);
  })
  hex?: string;

  /** What the last page gave. */
  @Optional()
  @IsString()
  cursor?: string;

  /** A glob pattern for the fields of a hash. */
  @Optional()
  @IsString()
  match?: string;
}

export class ExpiryDto extends KeyDto {
  /** Seconds, a duration (`'5m'`), or `null` for never. */
  @IsTimeout({ never: true })
  timeout!: Timeout;
}

/** A deletion that nobody makes by mistake. */
export class ConfirmDto extends WhereDto {
  /** The name of the cache. */
  @IsString()
  confirm!: string;
}

/** In JSON, or as text in the notation of types. */
const IsThere = (): PropertyDecorator =>
  Obeys('isThere', (value, what, owner: TypedBody) => {
    if (value === undefined && owner.typed === undefined) throw new TypeError(`${what} is required`);
  });

/** A value where JSON has words for it; else a text in the notation of types. */
export interface TypedBody {
  readonly value?: unknown;
  readonly typed?: string;
}

/** A new value of a key that is there. */
export class ValueDto extends KeyDto {
  @IsThere()
  value!: unknown;

  /** In place of `value`: in the notation of types. */
  @Optional()
  @IsString()
  typed?: string;

  /** Of what was shown: it is replaced only where it still is that. */
  @IsString()
  digest!: string;
}

export type NewKeyType = (typeof types)[number] | 'counter';

export class NewKeyDto extends KeyDto {
  @IsThere()
  value!: unknown;

  /** In place of `value`: in the notation of types. */
  @Optional()
  @IsString()
  typed?: string;

  /** `'string'` where left out; a counter is a string that holds a whole number. */
  @Optional()
  @IsIn([...types, 'counter'])
  type?: NewKeyType;

  /** The cache's default where left out; of a collection, which has no default, never. */
  @Optional()
  @IsTimeout({ never: true })
  timeout?: Timeout;
}
