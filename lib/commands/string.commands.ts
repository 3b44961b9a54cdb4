import { touchNames } from './key.commands.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { entryTags } from '../tags/tags.js';
import { bufferOf, type StampedeOption, stampedeOf } from '../entries/early-recomputation.js';
import type { Timeout } from '../arguments/timeout.js';
import { addCommand, addOrGetCommand } from '../entries/add.js';
import { integerArgument, unawaited } from '../arguments/arguments.js';
import { type Command, type Key, run, write } from '../command-model/command.js';
import { type CommandDefaults, CommandGroup, type Reply, type Surface } from './command-group.js';
import { getCommand, previousOf, takeCommand } from '../entries/entry-replies.js';
import { expiry, withTimeout } from '../arguments/expiry.js';
import { IncrementReply } from '../entries/increment.js';
import { overwriteCommand } from '../entries/overwrite.js';
import { absent, presence } from '../entries/presence.js';
import { incrementScript } from '../entries/scripts/increment.script.js';
import * as replies from '../command-model/replies.js';
import { assertStorable } from '../codec/storable.js';
import { valueToStore, storeCommand } from '../entries/store.js';
import { expireCommand, expiryIn } from '../entries/touch.js';

/** How `set` writes. @publicApi */
export interface SetOptions extends VersionOption, StampedeOption {
  /** Seconds, a duration (`'5m'`), `null` for never; the module's `timeout` where left out. */
  readonly timeout?: Timeout;
  /** Write only where the key is not there. */
  readonly nx?: boolean;
  /** Write only where the key is there. */
  readonly xx?: boolean;
  /** Answer with the previous value instead of whether it was written. */
  readonly get?: boolean;
  /** Leave the key's time to live as it is. */
  readonly keepTtl?: boolean;
  /** The value counts until one of them is invalidated by `invalidateTags`. */
  readonly tags?: readonly string[];
}

/** How `add` writes. @publicApi */
export type AddOptions = Omit<SetOptions, 'nx' | 'xx' | 'get'>;

/** How `get` reads. @publicApi */
export interface GetOptions extends VersionOption, StampedeOption {
  /** The answer on a miss. A stored `null` is a hit. */
  readonly default?: unknown;
}

/** How `incr` and `decr` count. @publicApi */
export interface IncrOptions extends VersionOption {
  /** Where a missing key starts from (0). */
  readonly initial?: number;
  /** Time to live of a key made by this call; an existing key keeps its own. No expiry where left out. */
  readonly timeout?: Timeout;
}

export const storingNames: NamesOf<Pick<SetOptions, 'version' | 'stampede' | 'timeout' | 'tags'>> = {
  ...touchNames,
  timeout: true,
  tags: true,
};
export const getNames: NamesOf<GetOptions> = { ...touchNames, default: true };
export const addNames: NamesOf<AddOptions> = { ...storingNames, keepTtl: true };
export const setNames: NamesOf<SetOptions> = { ...addNames, nx: true, xx: true, get: true };
export const incrNames: NamesOf<IncrOptions> = { ...versionNames, initial: true, timeout: true };

/**
 * Single values.
 *
 * @publicApi
 */
export abstract class StringCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * The value of a key, `undefined` (or `default`) where it is not there. Redis: `GET`.
   *
   * @throws WrongTypeError where the key holds a hash, list, set, …
   * @example
   * const user = await cache.get<User>('user:1');
   * const views = await cache.get<number>('views', { default: 0 });
   */
  get<T, D = T>(key: string, options: GetOptions & { readonly default: D }): Reply<S, T | D>;
  get<T = unknown>(key: string, options?: GetOptions): Reply<S, T | undefined>;
  get<T>(key: string, options?: GetOptions): Reply<S, T | undefined> {
    return this.send<T | undefined>(() => {
      if (options?.default !== undefined) unawaited(options.default);
      const owner = this.keyOf(key, options, getNames);
      const stampede = options === undefined ? this.defaults.stampede : stampedeOf(options, this.defaults.stampede);
      return getCommand<T | undefined>(owner, options?.default as T | undefined, stampede);
    });
  }

  /**
   * Stores a value. `true`; with `nx` or `xx` whether it was written; with `get: true` the previous value or `undefined`.
   * A `timeout` of 0 or less expires at once: the key is deleted, under the same conditions. Redis: `SET`.
   *
   * @throws TypeError for `nx` with `xx`, `keepTtl` with `timeout`, or a timeout that is none
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
   * Stores a value only where the key is not there, or what is there counts no longer: its timeout is over and `grace`
   * keeps it, or one of its tags was invalidated. Whether it was written. Redis: `GETRANGE`, `SET … NX`.
   *
   * @example
   * if (await cache.add('job:42', 'started', '1h')) await runJob(42);
   */
  add(key: string, value: unknown, options?: Timeout | AddOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const given = withTimeout<AddOptions>(options);
      const owner = this.keyOf(key, given, addNames);
      return setCommand(owner, value, { ...given, nx: true }, this.defaults) as Command<boolean>;
    });
  }

  /**
   * Takes a value out: the value, `undefined` where the key is not there, which it is not afterwards. What counts no
   * longer (its timeout is over, or one of its tags was invalidated) is deleted as well. Redis: `GETDEL`.
   *
   * @throws WrongTypeError where the key holds a hash, list, set, …
   * @example
   * const answer = await cache.getdel<Challenge>('challenge:7');
   */
  getdel<T = unknown>(key: string, options?: VersionOption): Reply<S, T | undefined> {
    return this.send<T | undefined>(() => takeCommand<T>(this.keyOf(key, options)));
  }

  /**
   * Adds `delta` to a counter; the new number. A missing key starts from `initial` and gets `timeout`, atomically; an
   * existing key keeps its time to live; what is there and counts no longer is replaced as by {@link add}. Redis:
   * `INCRBY`, a script where a missing key needs more.
   *
   * @throws WrongTypeError where the key holds no integer
   * @throws RangeError where the sum is beyond the safe integers: it is counted all the same, up to Redis' own 64 bits,
   * and `get` reads it as a `bigint`
   * @example
   * const hits = await cache.incr('hits:today', 1, { timeout: '1d' });
   */
  incr(key: string, delta = 1, options?: IncrOptions): Reply<S, number> {
    return this.send<number>(() => incrementCommand(this.keyOf(key, options, incrNames), delta, options));
  }

  /** Takes `delta` from a counter; as {@link incr} otherwise. Redis: `DECRBY`. */
  decr(key: string, delta = 1, options?: IncrOptions): Reply<S, number> {
    return this.send<number>(() =>
      incrementCommand(this.keyOf(key, options, incrNames), -integerArgument(delta, 'delta'), options),
    );
  }
}

/** `SET` as the options say it. */
function setCommand(key: Key, value: unknown, options: SetOptions, defaults: CommandDefaults): Command<unknown> {
  const { timeout, nx = false, xx = false, get = false, keepTtl = false } = options;
  if (nx && xx) throw new TypeError('set takes nx or xx, not both');
  if (keepTtl && timeout !== undefined) throw new TypeError('set takes timeout or keepTtl, not both');
  const tags = options.tags ? entryTags(options.tags) : [];
  const stampede = stampedeOf(options, defaults.stampede);
  const logicalMs = keepTtl ? null : expiry(timeout, defaults.timeoutMs);
  if (logicalMs === 0) {
    assertStorable(value);
    return expireAtOnce(key, { nx, xx, get });
  }
  const bufferMs = bufferOf(value, logicalMs, stampede);
  const ms = logicalMs && logicalMs + bufferMs;
  const stored = valueToStore(value, tags, bufferMs, ms);
  if (!nx && !xx && !get && !keepTtl) return storeCommand(key, stored, ms);
  if (nx) return get ? addOrGetCommand({ key, stored, ms }) : addCommand({ key, stored, ms });
  return overwriteCommand({ key, stored, ms, xx, get, keepTtl });
}

/** What `SET` with a timeout of 0 comes to: the key ends up absent where the conditions allow it. */
function expireAtOnce(key: Key, { nx, xx, get }: Record<'nx' | 'xx' | 'get', boolean>): Command<unknown> {
  if (get) return nx ? previousOf('GET', 'read', [key]) : previousOf('GETDEL', 'write', [key]);
  if (nx) return presence<unknown>(key, (ttlMs) => ttlMs === absent);
  return xx ? expireCommand(key, expiryIn(0)) : write<unknown>('UNLINK', [key], replies.always);
}

function incrementCommand(key: Key, delta: number, { initial = 0, timeout }: IncrOptions = {}): Command<number> {
  integerArgument(delta, 'delta');
  integerArgument(initial, 'initial');
  const ms = timeout === undefined ? null : expiry(timeout, null);
  const bare =
    initial === 0 && ms === null
      ? write('INCRBY', [key, delta], replies.integer)
      : run(incrementScript, [key], [delta, initial, ms ?? -1], replies.integer);
  // As `SET` takes no time of 0.
  const start = { key, stored: String(initial), ms: ms === 0 ? 1 : ms };
  return { ...bare, reply: new IncrementReply(bare, start) };
}
