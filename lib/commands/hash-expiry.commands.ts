import { expiry } from '../arguments/expiry.js';
import { integerArgument } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import { type Timeout, toInstant, toSeconds } from '../arguments/timeout.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { type Command, type Key, Known, read, type ReplyShape, type Step, write } from '../command-model/command.js';
import { concat, inParts } from '../command-model/parts.js';
import { shape } from '../command-model/replies.js';
import { integerIn, listOf } from '../wire/reply-parts.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { fieldsArguments, fieldsOf } from './hash-fields.js';
import { type OneByOne, optionsIn } from './one-by-one.js';

/** Which fields get a new expiry. @publicApi */
export interface HexpireOptions extends VersionOption {
  /** Only fields without an expiry. */
  readonly nx?: boolean;
  /** Only fields with an expiry. */
  readonly xx?: boolean;
  /** Only fields that would live longer; never a field without an expiry. */
  readonly gt?: boolean;
  /** Only fields that would live shorter, or have no expiry. */
  readonly lt?: boolean;
}

const hexpireNames: NamesOf<HexpireOptions> = { ...versionNames, nx: 'flag', xx: 'flag', gt: 'flag', lt: 'flag' };

/** Which servers let fields expire. */
export const fieldsExpireSince = { redis: '7.4', valkey: '9.0' };

/** The reply of Redis for a field. */
const noField = -2;

/**
 * Hash fields with their own expiry, from Redis 7.4 and Valkey 9.0 on. Fields are passed one by one, or as an array
 * followed by options; there is a result for each.
 *
 * @publicApi
 */
export abstract class HashExpiryCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Lets fields expire after seconds or a duration (`null`: never, 0 or less: at once); returns for each whether it
   * exists, and the condition was met. Redis: `HPEXPIRE`.
   *
   * @throws NotSupportedError before Redis 7.4 and Valkey 9.0; nothing is sent
   * @example
   * const [isThere] = await cache.hexpire('cart:7', '30m', 'voucher');
   * await cache.hexpire('cart:7', '30m', ['voucher', 'gift'], { nx: true });
   */
  hexpire(key: string, timeout: Timeout, ...fields: string[]): Reply<S, boolean[]>;
  hexpire(key: string, timeout: Timeout, fields: readonly string[], options?: HexpireOptions): Reply<S, boolean[]>;
  hexpire(key: string, timeout: Timeout, ...rest: OneByOne<HexpireOptions>): Reply<S, boolean[]> {
    return this.send<boolean[]>(() => {
      if (timeout === undefined) throw new TypeError('hexpire needs a timeout');
      return expireFields(this.keyOf(key, optionsIn(rest), hexpireNames), 'HPEXPIRE', expiry(timeout, null), rest);
    });
  }

  /**
   * Lets fields expire after whole milliseconds; otherwise like {@link hexpire}. Redis: `HPEXPIRE`.
   *
   * @example
   * await cache.hpexpire('cart:7', 1500, 'voucher'); // in 1.5 seconds
   */
  hpexpire(key: string, ms: number, ...fields: string[]): Reply<S, boolean[]>;
  hpexpire(key: string, ms: number, fields: readonly string[], options?: HexpireOptions): Reply<S, boolean[]>;
  hpexpire(key: string, ms: number, ...rest: OneByOne<HexpireOptions>): Reply<S, boolean[]> {
    return this.send<boolean[]>(() =>
      expireFields(this.keyOf(key, optionsIn(rest), hexpireNames), 'HPEXPIRE', integerArgument(ms, 'ms'), rest),
    );
  }

  /**
   * Lets fields expire at an instant: a `Date` or a Unix time in seconds; one in the past deletes them. As {@link
   * hexpire} otherwise. Redis: `HPEXPIREAT`.
   *
   * @example
   * await cache.hexpireat('cart:7', new Date('2027-01-01'), ['voucher'], { gt: true });
   */
  hexpireat(key: string, when: Date | number, ...fields: string[]): Reply<S, boolean[]>;
  hexpireat(key: string, when: Date | number, fields: readonly string[], o?: HexpireOptions): Reply<S, boolean[]>;
  hexpireat(key: string, when: Date | number, ...rest: OneByOne<HexpireOptions>): Reply<S, boolean[]> {
    return this.send<boolean[]>(() =>
      expireFields(this.keyOf(key, optionsIn(rest), hexpireNames), 'HPEXPIREAT', toInstant(when, 'seconds'), rest),
    );
  }

  /**
   * Like {@link hexpireat}, with a Unix time in milliseconds. Redis: `HPEXPIREAT`.
   *
   * @example
   * await cache.hpexpireat('cart:7', Date.now() + 1500, 'voucher');
   */
  hpexpireat(key: string, when: Date | number, ...fields: string[]): Reply<S, boolean[]>;
  hpexpireat(key: string, when: Date | number, fields: readonly string[], o?: HexpireOptions): Reply<S, boolean[]>;
  hpexpireat(key: string, when: Date | number, ...rest: OneByOne<HexpireOptions>): Reply<S, boolean[]> {
    return this.send<boolean[]>(() =>
      expireFields(this.keyOf(key, optionsIn(rest), hexpireNames), 'HPEXPIREAT', toInstant(when, 'milliseconds'), rest),
    );
  }

  /**
   * Seconds until each field expires, rounded; `-1` if it never does, `-2` if it does not exist. Redis: `HPTTL`.
   *
   * @example
   * const [voucher, gift] = await cache.httl('cart:7', 'voucher', 'gift'); // [1799, -2]: no gift
   */
  httl(key: string, ...fields: string[]): Reply<S, number[]>;
  httl(key: string, fields: readonly string[], options?: VersionOption): Reply<S, number[]>;
  httl(key: string, ...rest: OneByOne<VersionOption>): Reply<S, number[]> {
    return this.send<number[]>(() => ofFields('HPTTL', this.keyOf(key, optionsIn(rest)), rest, toSeconds));
  }

  /**
   * Like {@link httl}, in milliseconds. Redis: `HPTTL`.
   *
   * @example
   * const [left] = await cache.hpttl('cart:7', 'voucher');
   */
  hpttl(key: string, ...fields: string[]): Reply<S, number[]>;
  hpttl(key: string, fields: readonly string[], options?: VersionOption): Reply<S, number[]>;
  hpttl(key: string, ...rest: OneByOne<VersionOption>): Reply<S, number[]> {
    return this.send<number[]>(() => ofFields('HPTTL', this.keyOf(key, optionsIn(rest)), rest, (ms) => ms));
  }

  /**
   * The Unix time in seconds at which each field expires, rounded; `-1` if it never does, `-2` if it does not exist.
   * Redis: `HPEXPIRETIME`.
   *
   * @example
   * const [until] = await cache.hexpiretime('cart:7', 'voucher'); // Unix seconds
   */
  hexpiretime(key: string, ...fields: string[]): Reply<S, number[]>;
  hexpiretime(key: string, fields: readonly string[], options?: VersionOption): Reply<S, number[]>;
  hexpiretime(key: string, ...rest: OneByOne<VersionOption>): Reply<S, number[]> {
    return this.send<number[]>(() => ofFields('HPEXPIRETIME', this.keyOf(key, optionsIn(rest)), rest, toSeconds));
  }

  /**
   * Removes the expiry of fields; returns for each whether it had one. Redis: `HPERSIST`.
   *
   * @example
   * await cache.hpersist('cart:7', 'voucher');
   */
  hpersist(key: string, ...fields: string[]): Reply<S, boolean[]>;
  hpersist(key: string, fields: readonly string[], options?: VersionOption): Reply<S, boolean[]>;
  hpersist(key: string, ...rest: OneByOne<VersionOption>): Reply<S, boolean[]> {
    return this.send<boolean[]>(() => persistFields(this.keyOf(key, optionsIn(rest)), rest, (code) => code === 1));
  }
}

/** A code for each field, and its meaning; a missing hash has none of the fields. */
const each = <T>(count: number, meaning: (code: number) => T): ReplyShape<T[]> =>
  shape(
    (raw) => listOf(count, raw).map((code) => meaning(integerIn(code))),
    () => Array.from({ length: count }, () => meaning(noField)),
  );

/** `null` is never. */
function expireFields(
  owner: Key,
  name: 'HPEXPIRE' | 'HPEXPIREAT',
  ms: number | null,
  rest: OneByOne<HexpireOptions>,
): Step<boolean[]> {
  const { nx, xx, gt, lt } = optionsIn(rest) ?? {};
  const conditions = Object.entries({ nx, xx, gt, lt }).flatMap(([word, on]) => (on ? [word.toUpperCase()] : []));
  if (conditions.length > 1) throw new TypeError('Fields take one of nx, xx, gt and lt');
  if (ms === null) {
    if (conditions.length > 0) throw new TypeError('Fields take no condition with a timeout of null');
    return persistFields(owner, rest, (code) => code !== noField);
  }
  const fields = fieldsOf(rest);
  if (fields.length === 0) return new Known<boolean[]>([]);
  const reply = each(fields.length, (code) => code > 0);
  const head = [owner, Math.max(0, ms), ...conditions];
  const command = inParts(fields, (part) => write(name, [...head, ...fieldsArguments(part)], reply), concat);
  return { ...command, since: fieldsExpireSince };
}

function persistFields(owner: Key, rest: OneByOne<unknown>, meaning: (code: number) => boolean): Step<boolean[]> {
  const step = ofFields('HPERSIST', owner, rest, meaning);
  return step instanceof Known ? step : { ...step, access: 'write' };
}

function ofFields<T>(
  name: string,
  owner: Key,
  rest: OneByOne<unknown>,
  meaning: (code: number) => T,
): Command<T[]> | Known<T[]> {
  const fields = fieldsOf(rest);
  if (fields.length === 0) return new Known<T[]>([]);
  const reply = each(fields.length, meaning);
  return {
    ...inParts(fields, (part) => read(name, [owner, ...fieldsArguments(part)], reply), concat),
    since: fieldsExpireSince,
  };
}
