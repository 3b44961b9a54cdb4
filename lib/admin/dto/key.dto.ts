import { IsIn, IsString } from '../../options/validators.js';
import { IsTimeout, Obeys, Optional } from '../../options/option-rules.js';
import type { Timeout } from '../../index.js';
import { IsWalkCursor } from './cursors.js';

export const types = ['string', 'hash', 'list', 'set', 'zset', 'stream'] as const;

/** Selects a version. */
export class VersionDto {
  /** Defaults to the cache's own version. */
  @Optional()
  @IsString()
  version?: string;
}

/** Selects the keys of a version and a tenant. */
export class WhereDto extends VersionDto {
  /** The tenant. Defaults to keys without a tenant. */
  @Optional()
  @IsString()
  scope?: string;
}

/** Picks the version and the tenant from a request. */
export const whereOf = ({ version, scope }: WhereDto): Pick<WhereDto, 'version' | 'scope'> => ({
  ...(version !== undefined && { version }),
  ...(scope !== undefined && { scope }),
});

/** Selects keys by pattern. */
export class PatternDto extends WhereDto {
  /** A glob pattern. */
  @IsString()
  pattern!: string;
}

/** Selects keys by pattern and type. */
export class MatchDto extends PatternDto {
  @Optional()
  @IsIn(types)
  type?: (typeof types)[number];
}

/** Deletes the matching keys. */
export class DeletionDto extends MatchDto {
  /** The pattern again, required if many keys match. */
  @Optional()
  @IsString()
  confirm?: string;
}

const mostChosen = 1000;

/** Lists chosen keys. */
export class ChosenDto extends WhereDto {
  @Obeys('areKeys', (value, what) => {
    const isList = Array.isArray(value) && value.length <= mostChosen && value.every((key) => typeof key === 'string');
    if (!isList) throw new TypeError(`${what} must be a list of at most ${mostChosen} keys`);
  })
  keys!: string[];
}

/** Requests one page of keys. */
export class KeysDto extends MatchDto {
  /** The cursor that the previous page returned. */
  @Optional()
  @IsString()
  @IsWalkCursor()
  cursor?: string;
}

/** Requests one level of the key tree. */
export class KeyTreeDto extends KeysDto {
  /** The prefix of the level. Defaults to the root. */
  @Optional()
  @IsString()
  prefix?: string;
}

/** Selects one key. */
export class KeyDto extends WhereDto {
  @IsString()
  key!: string;
}

/** Requests one page of the contents of a key. */
export class EntryDto extends WhereDto {
  @Optional()
  @IsString()
  key?: string;

  /** The name in hexadecimal, if it is not valid UTF-8: a URL cannot express it otherwise. */
  @Optional()
  @Obeys('isHex', (value, what) => {
    if (typeof value !== 'string' || !/^([\da-f]{2})+$/.test(value))
      throw new TypeError(`${what} must be the bytes of a key, in hexadecimal`);
  })
  hex?: string;

  /** The cursor that the previous page returned. */
  @Optional()
  @IsString()
  cursor?: string;

  /** A glob pattern for the fields of a hash. */
  @Optional()
  @IsString()
  match?: string;
}

export class ExpiryDto extends KeyDto {
  /** Seconds, a duration (`'5m'`), or `null` for no expiry. */
  @IsTimeout({ never: true })
  timeout!: Timeout;
}

/** Confirms a deletion, to prevent mistakes. */
export class ConfirmDto extends WhereDto {
  /** The name of the cache. */
  @IsString()
  confirm!: string;
}

/** Requires a value, in JSON or in the notation of types. */
const IsThere = (): PropertyDecorator =>
  Obeys('isThere', (value, what, owner: TypedBody) => {
    if (value === undefined && owner.typed === undefined) throw new TypeError(`${what} is required`);
  });

/** A value as JSON, or as text in the notation of types. */
export interface TypedBody {
  readonly value?: unknown;
  readonly typed?: string;
}

/** Replaces the value of an existing key. */
export class ValueDto extends KeyDto {
  @IsThere()
  value!: unknown;

  /** The value in the notation of types, as an alternative to `value`. */
  @Optional()
  @IsString()
  typed?: string;

  /** The digest of the value that the page showed. The value is replaced only if it is still the same. */
  @IsString()
  digest!: string;
}

export type NewKeyType = (typeof types)[number] | 'counter';

export class NewKeyDto extends KeyDto {
  @IsThere()
  value!: unknown;

  /** The value in the notation of types, as an alternative to `value`. */
  @Optional()
  @IsString()
  typed?: string;

  /** Defaults to `'string'`. A counter is a string that holds a whole number. */
  @Optional()
  @IsIn([...types, 'counter'])
  type?: NewKeyType;

  /** Defaults to the cache's timeout. Collections have no default and do not expire. */
  @Optional()
  @IsTimeout({ never: true })
  timeout?: Timeout;
}
