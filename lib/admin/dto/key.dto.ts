import { IsIn, IsString } from '../../options/validators.js';
import { IsTimeout, Obeys, Optional } from '../../options/option-rules.js';
import type { Timeout } from '../../index.js';

export const types = ['string', 'hash', 'list', 'set', 'zset', 'stream'] as const;

/** Which version is meant; the cache's own where left out. */
export class VersionDto {
  @Optional()
  @IsString()
  version?: string;
}

/** Which keys are meant. */
export class PatternDto extends VersionDto {
  /** A glob pattern. */
  @IsString()
  pattern!: string;
}

/** One page of keys. */
export class KeysDto extends PatternDto {
  @Optional()
  @IsIn(types)
  type?: (typeof types)[number];

  /** What the last page gave. */
  @Optional()
  @IsString()
  cursor?: string;
}

/** Which key is meant. */
export class KeyDto extends VersionDto {
  @IsString()
  key!: string;
}

/** One page of what is in a key. */
export class EntryDto extends KeyDto {
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
export class ConfirmDto extends VersionDto {
  /** The name of the cache. */
  @IsString()
  confirm!: string;
}

/** A new key, or a new value of one that is there. */
export class ValueDto extends KeyDto {
  @Obeys('isThere', (value, what) => {
    if (value === undefined) throw new TypeError(`${what} is required`);
  })
  value!: unknown;
}

export class NewKeyDto extends ValueDto {
  /** The cache's default where left out. */
  @Optional()
  @IsTimeout({ never: true })
  timeout?: Timeout;
}
