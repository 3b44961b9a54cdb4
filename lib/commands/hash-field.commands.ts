import { fieldArgument, integerArgument } from '../arguments/arguments.js';
import { expiry, withTimeout } from '../arguments/expiry.js';
import { type MappingOf, pairsOf } from '../arguments/mapping.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { Timeout } from '../arguments/timeout.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { type Argument, type Command, Known, read, Value, write } from '../command-model/command.js';
import { concat, inParts, latest } from '../command-model/parts.js';
import * as replies from '../command-model/replies.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { fieldsArguments, fieldsOf } from './hash-fields.js';
import { type OneByOne, optionsIn } from './one-by-one.js';

/** How `hsetex` writes. @publicApi */
export interface HsetexOptions extends VersionOption {
  /** Seconds, a duration (`'5m'`), `null` for never; the module's `timeout` by default. */
  readonly timeout?: Timeout;
  /** Write only if none of the fields exists. */
  readonly fnx?: boolean;
  /** Write only if all fields exist. */
  readonly fxx?: boolean;
  /** Keep the time to live of each field. */
  readonly keepTtl?: boolean;
}

/** How `hrandfield` answers. @publicApi */
export interface HrandfieldOptions extends VersionOption {
  /** Return pairs of field and value; only with a count. */
  readonly withValues?: boolean;
}

const hsetexNames: NamesOf<HsetexOptions> = {
  ...versionNames,
  timeout: true,
  fnx: 'flag',
  fxx: 'flag',
  keepTtl: 'flag',
};
const hrandfieldNames: NamesOf<HrandfieldOptions> = { ...versionNames, withValues: 'flag' };

/**
 * Hash fields written or read with their time to live, removed, or picked at random.
 *
 * @publicApi
 */
export abstract class HashFieldCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Sets fields and their time to live, by default the module's `timeout` (0 or less: they are deleted);
   * whether they were written, which only `fnx` and `fxx` prevent. Redis: `HSETEX`.
   *
   * @throws NotSupportedError before Redis 8.0 and Valkey 9.0; nothing is sent
   * @example
   * await cache.hsetex('cart:7', { voucher }, '30m');
   */
  hsetex<M extends object>(
    key: string,
    mapping: MappingOf<M, string, unknown>,
    options?: Timeout | HsetexOptions,
  ): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const given = withTimeout<HsetexOptions>(options);
      const owner = this.keyOf(key, given, hsetexNames);
      const { timeout, fnx, fxx, keepTtl } = given;
      if (fnx && fxx) throw new TypeError('hsetex takes fnx or fxx, not both');
      if (keepTtl && timeout !== undefined) throw new TypeError('hsetex takes timeout or keepTtl, not both');
      const ms = expiry(timeout, this.defaults.timeoutMs);
      const pairs = pairsOf<string, unknown>(mapping);
      if (pairs.length === 0) return new Known(true);
      const condition = fnx ? ['FNX'] : fxx ? ['FXX'] : [];
      const life = keepTtl ? ['KEEPTTL'] : lifeArguments(ms, []);
      const values = pairs.flatMap(([field, value]): Argument[] => [fieldArgument(field), new Value(value)]);
      const command = (part: readonly Argument[]): Command<boolean> =>
        write('HSETEX', [owner, ...condition, ...life, 'FIELDS', part.length / 2, ...part], replies.boolean);
      // A condition applies to all fields together.
      const whole = condition.length > 0 ? command(values) : inParts(values, command, latest, 2);
      return { ...whole, since: { redis: '8.0', valkey: '9.0' } };
    });
  }

  /**
   * The values of fields, which get a new time to live (`null`: none, 0 or less: they are deleted); one slot per
   * field. Redis: `HGETEX`.
   *
   * @throws NotSupportedError before Redis 8.0 and Valkey 9.0; nothing is sent
   * @example
   * const [voucher] = await cache.hgetex<Voucher>('cart:7', '30m', 'voucher');
   */
  hgetex<T = unknown>(key: string, timeout: Timeout, ...fields: string[]): Reply<S, (T | undefined)[]>;
  hgetex<T = unknown>(
    key: string,
    timeout: Timeout,
    fields: readonly string[],
    options?: VersionOption,
  ): Reply<S, (T | undefined)[]>;
  hgetex<T>(key: string, timeout: Timeout, ...rest: OneByOne<VersionOption>): Reply<S, (T | undefined)[]> {
    return this.send<(T | undefined)[]>(() => {
      const owner = this.keyOf(key, optionsIn(rest));
      if (timeout === undefined) throw new TypeError('hgetex needs a timeout');
      const [life, fields] = [lifeArguments(expiry(timeout, null), ['PERSIST']), fieldsOf(rest)];
      if (fields.length === 0) return new Known<(T | undefined)[]>([]);
      const reply = replies.slots<T>(owner, fields.length);
      const command = inParts(
        fields,
        (part) => write('HGETEX', [owner, ...life, ...fieldsArguments(part)], reply),
        concat,
      );
      return { ...command, since: { redis: '8.0', valkey: '9.0' } };
    });
  }

  /**
   * Takes fields out; one slot per field, `undefined` if it did not exist. Redis: `HGETDEL`.
   *
   * @throws NotSupportedError before Redis 8.0 and Valkey 9.1; nothing is sent
   * @example
   * const [token] = await cache.hgetdel<string>('login:7', 'token'); // once only
   */
  hgetdel<T = unknown>(key: string, ...fields: string[]): Reply<S, (T | undefined)[]>;
  hgetdel<T = unknown>(key: string, fields: readonly string[], options?: VersionOption): Reply<S, (T | undefined)[]>;
  hgetdel<T>(key: string, ...rest: OneByOne<VersionOption>): Reply<S, (T | undefined)[]> {
    return this.send<(T | undefined)[]>(() => {
      const [owner, fields] = [this.keyOf(key, optionsIn(rest)), fieldsOf(rest)];
      if (fields.length === 0) return new Known<(T | undefined)[]>([]);
      const reply = replies.slots<T>(owner, fields.length);
      const command = inParts(fields, (part) => write('HGETDEL', [owner, ...fieldsArguments(part)], reply), concat);
      return { ...command, since: { redis: '8.0', valkey: '9.1' } };
    });
  }

  /**
   * A random field (`undefined` if there is none), or up to `count` different ones; a negative count returns exactly
   * that many, with repetitions. Redis: `HRANDFIELD`.
   *
   * @example
   * const one = await cache.hrandfield('users');
   * const three = await cache.hrandfield<User>('users', 3, { withValues: true }); // [field, value] pairs
   */
  hrandfield(key: string, count?: undefined, options?: VersionOption): Reply<S, string | undefined>;
  hrandfield<T = unknown>(
    key: string,
    count: number,
    options: HrandfieldOptions & { readonly withValues: true },
  ): Reply<S, [field: string, value: T][]>;
  hrandfield(
    key: string,
    count: number,
    options?: HrandfieldOptions & { readonly withValues?: false },
  ): Reply<S, string[]>;
  hrandfield(key: string, count?: number, options?: HrandfieldOptions): Reply<S, unknown> {
    return this.send<unknown>(() => {
      const owner = this.keyOf(key, options, hrandfieldNames);
      if (count === undefined) {
        if (options?.withValues) throw new TypeError('hrandfield takes withValues only with a count');
        return read<unknown>('HRANDFIELD', [owner], replies.optionalName);
      }
      const args = [owner, integerArgument(count, 'count')];
      return options?.withValues
        ? read<unknown>('HRANDFIELD', [...args, 'WITHVALUES'], replies.fieldsAndValues(owner))
        : read<unknown>('HRANDFIELD', args, replies.names);
    });
  }
}

/** The server accepts no time of 0; a past instant deletes at once. */
function lifeArguments(ms: number | null, forever: readonly string[]): Argument[] {
  if (ms === null) return [...forever];
  return ms === 0 ? ['PXAT', 1] : ['PX', ms];
}
