import { type TwoKeyOptions, versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { type Timeout, toInstant, toSeconds } from '../arguments/timeout.js';
import { integerArgument } from '../arguments/arguments.js';
import type { StampedeOption } from '../entries/early-recomputation.js';
import { Known, moving, read, write } from '../command-model/command.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { expiry } from '../arguments/expiry.js';
import * as replies from '../command-model/replies.js';
import { absent, endOf, presence } from '../entries/presence.js';
import { expireCommand, expiryIn, persistCommand } from '../entries/touch.js';

/** How `touch` extends. `stampede` has no effect: an entry keeps the buffer that it was written with. @publicApi */
export interface TouchOptions extends VersionOption, StampedeOption {}

export const touchNames: NamesOf<TouchOptions> = { ...versionNames, stampede: true };

/**
 * Keys of any type: presence, time to live, type, name.
 *
 * @publicApi
 */
export abstract class KeyCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Whether the key exists. Redis: `PTTL`, `GETRANGE`, as the entry may be invalidated.
   *
   * @example
   * if (await cache.hasKey('session:7')) await greet();
   */
  hasKey(key: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => presence(this.keyOf(key, options), (ttlMs) => ttlMs !== absent));
  }

  /**
   * Deletes a key of any type; returns whether it existed (`false` inside `deferEvictions`, which deletes it later).
   * Redis: `UNLINK`, so that large values are freed in the background.
   *
   * @example
   * const existed = await cache.delete('user:1');
   */
  delete(key: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const owner = this.keyOf(key, options);
      const isDeferred = this.evictions.isOn && this.evictions.deferKeys([owner]);
      return isDeferred ? new Known(false) : write('UNLINK', [owner], replies.boolean);
    });
  }

  /**
   * Gives a key a new time to live (by default the module's `timeout`; `null` makes it persistent, 0 deletes it);
   * whether the key is there. Tags, grace and the buffer of `stampede` follow. Redis: `PEXPIRE`, `PTTL`, `GETRANGE`,
   * `PEXPIRETIME`.
   *
   * @example
   * await cache.touch('session:7', '30m');
   */
  touch(key: string, timeout?: Timeout, options: TouchOptions = {}): Reply<S, boolean> {
    return this.send<boolean>(() =>
      expireCommand(this.keyOf(key, options, touchNames), expiryIn(expiry(timeout, this.defaults.timeoutMs))),
    );
  }

  /**
   * Seconds until the key expires, rounded, without the time that it is kept for `grace` or `stampede`; `-1` if it
   * never does, `-2` if it does not exist. Redis: `PTTL`, `GETRANGE`.
   *
   * @example
   * const seconds = await cache.ttl('user:1');
   */
  ttl(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => presence(this.keyOf(key, options), toSeconds));
  }

  /**
   * Like {@link ttl}, in milliseconds. Redis: `PTTL`, `GETRANGE`.
   *
   * @example
   * const ms = await cache.pttl('user:1');
   */
  pttl(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => presence(this.keyOf(key, options), (ttlMs) => ttlMs));
  }

  /**
   * Lets a key expire after seconds or a duration (`null`: never, 0 or less: at once); returns whether the key exists.
   * Here and in the methods below, tags, grace and the buffer of `stampede` follow, and an entry that is no longer
   * valid does not exist. Redis: `PEXPIRE`, `PTTL`, `GETRANGE`, `PEXPIRETIME`.
   *
   * @example
   * await cache.expire('user:1', '5m');
   */
  expire(key: string, timeout: Timeout, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => {
      if (timeout === undefined) throw new TypeError('expire needs a timeout');
      return expireCommand(this.keyOf(key, options), expiryIn(expiry(timeout, null)));
    });
  }

  /**
   * Lets a key expire after whole milliseconds (0 or less: at once); returns whether the key exists.
   * Redis: `PEXPIRE`, `PTTL`, `GETRANGE`, `PEXPIRETIME`.
   *
   * @example
   * await cache.pexpire('user:1', 1500);
   */
  pexpire(key: string, ms: number, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => expireCommand(this.keyOf(key, options), expiryIn(integerArgument(ms, 'ms'))));
  }

  /**
   * Lets a key expire at an instant: a `Date` or a Unix time in seconds; one in the past deletes the key. Returns
   * whether the key exists. Redis: `PEXPIREAT`, `PTTL`, `GETRANGE`.
   *
   * @example
   * await cache.expireAt('offer', new Date('2027-01-01'));
   */
  expireAt(key: string, when: Date | number, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      expireCommand(this.keyOf(key, options), { name: 'PEXPIREAT', ms: toInstant(when, 'seconds') }),
    );
  }

  /**
   * Like {@link expireAt}, with a Unix time in milliseconds. Redis: `PEXPIREAT`, `PTTL`, `GETRANGE`.
   *
   * @example
   * await cache.pexpireAt('offer', Date.now() + 1500);
   */
  pexpireAt(key: string, when: Date | number, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      expireCommand(this.keyOf(key, options), { name: 'PEXPIREAT', ms: toInstant(when, 'milliseconds') }),
    );
  }

  /**
   * The Unix time in seconds at which the key expires, rounded, without the time that it is kept for `grace` or
   * `stampede`; `-1` if it never does, `-2` if it does not exist. Redis: `PEXPIRETIME`, `PTTL`, `GETRANGE`.
   *
   * @example
   * const seconds = await cache.expireTime('user:1'); // since 1970
   */
  expireTime(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => endOf(this.keyOf(key, options), toSeconds));
  }

  /**
   * Removes the expiry of a key; returns whether it had one. Redis: `PERSIST`, `PTTL`, `GETRANGE`.
   *
   * @example
   * await cache.persist('user:1'); // from now on it never expires
   */
  persist(key: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => persistCommand(this.keyOf(key, options)));
  }

  /**
   * `'string'`, `'hash'`, `'list'`, `'set'`, `'zset'`, `'stream'`; `undefined` if the key does not exist. Redis:
   * `TYPE`.
   *
   * @example
   * const kind = await cache.type('users'); // 'hash'
   */
  type(key: string, options?: VersionOption): Reply<S, string | undefined> {
    return this.send<string | undefined>(() => read('TYPE', [this.keyOf(key, options)], replies.typeName));
  }

  /**
   * Renames a key, overwriting the new name; value and time to live follow. Redis: `RENAME`.
   *
   * @throws KeyNotFoundError if the source does not exist
   * @throws NotSupportedError if its value is encrypted: it could not be read under another name
   * @example
   * await cache.rename('{report}:new', '{report}');
   */
  rename(source: string, destination: string, options?: TwoKeyOptions): Reply<S, void> {
    return this.send<void>(() =>
      moving(write('RENAME', this.sourceAndDestination(source, destination, options), replies.nothing)),
    );
  }

  /**
   * Renames a key if the new name is free; returns whether it was. Redis: `RENAMENX`.
   *
   * @throws KeyNotFoundError if the source does not exist
   * @throws NotSupportedError like {@link rename}
   * @example
   * const renamed = await cache.renamenx('{report}:new', '{report}');
   */
  renamenx(source: string, destination: string, options?: TwoKeyOptions): Reply<S, boolean> {
    return this.send<boolean>(() =>
      moving(write('RENAMENX', this.sourceAndDestination(source, destination, options), replies.boolean)),
    );
  }
}
