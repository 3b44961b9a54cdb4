import { type OutputOf, schemaArgument, type SchemaOption, type StandardSchema } from '../codec/schema.js';
import { floatArgument, integerArgument, unawaited } from '../arguments/arguments.js';
import { expiry, withTimeout } from '../arguments/expiry.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { Timeout } from '../arguments/timeout.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { type Command, type Key, Known, type ReplyShape } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import { type StampedeOption, stampedeOf } from '../entries/early-recomputation.js';
import { getCommand, takeCommand } from '../entries/entry-replies.js';
import { getAndExpireCommand } from '../entries/get-and-expire.js';
import { type Increment, incrementCommand } from '../entries/increment.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { touchNames } from './key.commands.js';
import { addNames, type AddOptions, setCommand, setNames, type SetOptions } from './storing.js';

/** How `get` reads. @publicApi */
export interface GetOptions extends VersionOption, StampedeOption {
  /** The result of a miss. A stored `null` is a hit. */
  readonly default?: unknown;
  /** Return the stored text unchanged, as written by `set` with `raw: true` or by `append`. */
  readonly raw?: boolean;
}

/** How `getex` reads, and the new time to live. @publicApi */
export interface GetexOptions extends VersionOption {
  /** Seconds, a duration (`'5m'`), `null` for never; the module's `timeout` by default. */
  readonly timeout?: Timeout;
  /** The result of a miss. A stored `null` is a hit. */
  readonly default?: unknown;
}

/** How `incr` and `decr` count. @publicApi */
export interface IncrOptions extends VersionOption {
  /** The start of a missing key (0). */
  readonly initial?: number;
  /** Time to live of a key created by this call; an existing key keeps its own. No expiry by default. */
  readonly timeout?: Timeout;
}

const getNames: NamesOf<GetOptions & SchemaOption> = { ...touchNames, default: true, raw: 'flag', schema: true };
const getexNames: NamesOf<GetexOptions> = { ...versionNames, timeout: true, default: true };
const incrNames: NamesOf<IncrOptions> = { ...versionNames, initial: true, timeout: true };

/**
 * Single values.
 *
 * @publicApi
 */
export abstract class StringCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * The value of a key, `undefined` (or `default`) if it does not exist. Redis: `GET`.
   *
   * With a `schema`, returns the schema's output; a value that does not match is a miss.
   *
   * @throws WrongTypeError if the key holds a hash, list, set, …
   * @example
   * const user = await cache.get<User>('user:1');
   * const checked = await cache.get('user:1', { schema: z.object({ name: z.string() }) });
   * const views = await cache.get<number>('views', { default: 0 });
   */
  get<Checked extends StandardSchema, D = undefined>(
    key: string,
    options: GetOptions & SchemaOption<Checked> & { readonly default?: D },
  ): Reply<S, OutputOf<Checked> | D>;
  get<D = string>(key: string, options: GetOptions & { readonly raw: true; readonly default: D }): Reply<S, string | D>;
  get(key: string, options: GetOptions & { readonly raw: true }): Reply<S, string | undefined>;
  get<T, D = T>(key: string, options: GetOptions & { readonly default: D }): Reply<S, T | D>;
  get<T = unknown>(key: string, options?: GetOptions): Reply<S, T | undefined>;
  get<T>(key: string, options?: GetOptions & Partial<SchemaOption>): Reply<S, T | undefined> {
    return this.send<T | undefined>(() => {
      if (options?.default !== undefined) unawaited(options.default);
      const owner = this.keyOf(key, options, getNames);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the overload with a default has type T
      const fallback = options?.default as T | undefined;
      if (this.evictions.isOn && this.evictions.dooms(owner)) return new Known(fallback);
      const stampede = options === undefined ? this.defaults.stampede : stampedeOf(options, this.defaults.stampede);
      const schema = schemaArgument(options?.schema);
      return getCommand<T | undefined>(owner, fallback, stampede, options?.raw, schema);
    });
  }

  /**
   * Stores a value; returns `true`, with `nx` or `xx` whether it was written, with `get: true` the previous value or
   * `undefined`. A `timeout` of 0 or less expires at once: the key is deleted, under the same conditions. Redis: `SET`.
   *
   * @throws TypeError for `nx` with `xx`, `keepTtl` with `timeout`, or an invalid timeout
   * @throws SerializerError for a value that cannot be stored; nothing is sent
   * @example
   * await cache.set('user:1', user);                       // the module's timeout
   * await cache.set('user:1', user, '5m');                 // short for { timeout: '5m' }
   * await cache.set('leader', id, { nx: true, timeout: 10 });
   */
  set<T = unknown>(key: string, value: unknown, options: SetOptions & { readonly get: true }): Reply<S, T | undefined>;
  set(key: string, value: unknown, options?: Timeout | (SetOptions & { readonly get?: false })): Reply<S, boolean>;
  set<T = unknown>(key: string, value: unknown, options: SetOptions): Reply<S, boolean | T | undefined>;
  set(key: string, value: unknown, options?: Timeout | SetOptions): Reply<S, unknown> {
    return this.send<unknown>(() => {
      const given = withTimeout<SetOptions>(options);
      return setCommand(this.keyOf(key, given, setNames), value, given, this.defaults);
    });
  }

  /**
   * Stores a value only if the key does not exist, or its entry is no longer valid: its timeout is over and `grace`
   * keeps it, or one of its tags was invalidated. Returns whether it was written. Redis: `GETRANGE`, `SET … NX`.
   *
   * @example
   * if (await cache.add('job:42', 'started', '1h')) await runJob(42);
   */
  add(key: string, value: unknown, options?: Timeout | AddOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const given = withTimeout<AddOptions>(options);
      const owner = this.keyOf(key, given, addNames);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without `get` the result is a boolean
      return setCommand(owner, value, { ...given, nx: true }, this.defaults) as Command<boolean>;
    });
  }

  /**
   * Removes a value and returns it, `undefined` if the key does not exist. An entry that is no longer valid (its
   * timeout is over, or one of its tags was invalidated) is deleted as well. Redis: `GETDEL`.
   *
   * @throws WrongTypeError if the key holds a hash, list, set, …
   * @example
   * const answer = await cache.getdel<Challenge>('challenge:7');
   */
  getdel<T = unknown>(key: string, options?: VersionOption): Reply<S, T | undefined> {
    return this.send<T | undefined>(() => takeCommand<T | undefined>(this.keyOf(key, options), undefined));
  }

  /**
   * The value of a key, which gets a new time to live: by default the module's, none with `null`; 0 or less deletes the
   * key. Tags, grace and the buffer of `stampede` follow, as with `touch`. An entry that is no longer valid is a miss,
   * and does not change. Redis: `GETEX`, `PTTL`, `PEXPIRETIME`.
   *
   * @example
   * const session = await cache.getex<Session>('session:7', '30m');
   */
  getex<T, D = T>(key: string, options: GetexOptions & { readonly default: D }): Reply<S, T | D>;
  getex<T = unknown>(key: string, options?: Timeout | GetexOptions): Reply<S, T | undefined>;
  getex<T>(key: string, options?: Timeout | GetexOptions): Reply<S, T | undefined> {
    return this.send<T | undefined>(() => {
      const given = withTimeout<GetexOptions>(options);
      const owner = this.keyOf(key, given, getexNames);
      unawaited(given.default);
      const ms = expiry(given.timeout, this.defaults.timeoutMs);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the overload with a default has type T
      return getAndExpireCommand<T | undefined>(owner, ms, given.default as T | undefined);
    });
  }

  /**
   * Adds `delta` to a counter; returns the new number. A missing key starts from `initial` and gets `timeout`,
   * atomically; an existing key keeps its time to live; an entry that is no longer valid is replaced, as by {@link
   * add}. Redis: `INCRBY`, a script if a missing key needs more.
   *
   * @throws WrongTypeError if the key holds no integer
   * @throws RangeError if the sum is beyond the safe integers: it is counted all the same, up to the 64 bits of Redis,
   * and `get` reads it as a `bigint`
   * @example
   * const hits = await cache.incr('hits:today', 1, { timeout: '1d' });
   */
  incr(key: string, delta = 1, options?: IncrOptions): Reply<S, number> {
    return this.send<number>(() => integerCounter(this.keyOf(key, options, incrNames), delta, options));
  }

  /**
   * Subtracts `delta` from a counter; otherwise like {@link incr}. Redis: `DECRBY`.
   *
   * @example
   * const left = await cache.decr('stock:42');
   */
  decr(key: string, delta = 1, options?: IncrOptions): Reply<S, number> {
    return this.send<number>(() =>
      integerCounter(this.keyOf(key, options, incrNames), -integerArgument(delta, 'delta'), options),
    );
  }

  /**
   * Adds a number to a counter, fractions included; returns the new number. Otherwise like {@link incr}. Redis:
   * `INCRBYFLOAT`, a script if a missing key needs more.
   *
   * @throws WrongTypeError if the key holds no number
   * @example
   * const balance = await cache.incrbyfloat('balance:7', -9.99, { initial: 100 });
   */
  incrbyfloat(key: string, amount: number, options: IncrOptions = {}): Reply<S, number> {
    return this.send<number>(() => {
      const owner = this.keyOf(key, options, incrNames);
      const { initial = 0 } = options;
      floatArgument(amount, 'amount');
      return counter('INCRBYFLOAT', owner, amount, floatArgument(initial, 'initial'), options, replies.float);
    });
  }
}

function integerCounter(key: Key, delta: number, options: IncrOptions = {}): Command<number> {
  const { initial = 0 } = options;
  integerArgument(delta, 'delta');
  return counter('INCRBY', key, delta, integerArgument(initial, 'initial'), options, replies.integer);
}

function counter(
  name: Increment['name'],
  key: Key,
  amount: number,
  initial: number,
  { timeout }: IncrOptions,
  number: ReplyShape<number>,
): Command<number> {
  const ms = timeout === undefined ? null : expiry(timeout, null);
  return incrementCommand({ name, key, amount, initial, ms, number });
}
