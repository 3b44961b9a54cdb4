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

/** How `touch` extends. `stampede` changes nothing: an entry keeps the buffer that it was written with. @publicApi */
export interface TouchOptions extends VersionOption, StampedeOption {}

export const touchNames: NamesOf<TouchOptions> = { ...versionNames, stampede: true };

/**
 * Keys as such: presence, time to live, type, name.
 *
 * @publicApi
 */
export abstract class KeyCommands<S extends Surface> extends CommandGroup<S> {
  /** Whether the key is there. Redis: `PTTL`, `GETRANGE`, as the entry may be invalidated. */
  hasKey(key: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => presence(this.keyOf(key, options), (ttlMs) => ttlMs !== absent));
  }

  /**
   * Deletes a key of any type; whether it was there (`false` inside of `deferEvictions`, which deletes it later).
   * Redis: `UNLINK`, so that large values are freed in the background.
   */
  delete(key: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const owner = this.keyOf(key, options);
      const isDeferred = this.evictions.isOn && this.evictions.deferKeys([owner]);
      return isDeferred ? new Known(false) : write('UNLINK', [owner], replies.boolean);
    });
  }

  /**
   * Gives a key a new time to live (the module's where `timeout` is left out; `null` makes it persistent, 0 deletes it);
   * whether the key is there. Tags, grace and the buffer of `stampede` go along.
   * Redis: `PEXPIRE`, `PTTL`, `GETRANGE`, `PEXPIRETIME`.
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
   * Seconds until the key expires, rounded, without the time that it is kept for `grace` or `stampede`; `-1` where it
   * never does, `-2` where it is not there. Redis: `PTTL`, `GETRANGE`.
   */
  ttl(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => presence(this.keyOf(key, options), toSeconds));
  }

  /** As {@link ttl}, in milliseconds. Redis: `PTTL`, `GETRANGE`. */
  pttl(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => presence(this.keyOf(key, options), (ttlMs) => ttlMs));
  }

  /**
   * Lets a key expire after seconds or a duration (`null`: never, 0 or less: at once); whether the key is there. As with
   * all that follow, tags, grace and the buffer of `stampede` go along, and an entry that counts no longer is not there.
   * Redis: `PEXPIRE`, `PTTL`, `GETRANGE`, `PEXPIRETIME`.
   */
  expire(key: string, timeout: Timeout, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => {
      if (timeout === undefined) throw new TypeError('expire needs a timeout');
      return expireCommand(this.keyOf(key, options), expiryIn(expiry(timeout, null)));
    });
  }

  /**
   * Lets a key expire after whole milliseconds (0 or less: at once); whether the key is there.
   * Redis: `PEXPIRE`, `PTTL`, `GETRANGE`, `PEXPIRETIME`.
   */
  pexpire(key: string, ms: number, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => expireCommand(this.keyOf(key, options), expiryIn(integerArgument(ms, 'ms'))));
  }

  /**
   * Lets a key expire at an instant: a `Date` or a Unix time in seconds; one in the past deletes the key. Whether the
   * key is there. Redis: `PEXPIREAT`, `PTTL`, `GETRANGE`.
   */
  expireAt(key: string, when: Date | number, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      expireCommand(this.keyOf(key, options), { name: 'PEXPIREAT', ms: toInstant(when, 'seconds') }),
    );
  }

  /** As {@link expireAt}, with a Unix time in milliseconds. Redis: `PEXPIREAT`, `PTTL`, `GETRANGE`. */
  pexpireAt(key: string, when: Date | number, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      expireCommand(this.keyOf(key, options), { name: 'PEXPIREAT', ms: toInstant(when, 'milliseconds') }),
    );
  }

  /**
   * The Unix time in seconds at which the key expires, rounded, without the time that it is kept for `grace` or
   * `stampede`; `-1` where it never does, `-2` where it is not there. Redis: `PEXPIRETIME`, `PTTL`, `GETRANGE`.
   */
  expireTime(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => endOf(this.keyOf(key, options), toSeconds));
  }

  /** Takes the expiry from a key; whether it had one. Redis: `PERSIST`, `PTTL`, `GETRANGE`. */
  persist(key: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => persistCommand(this.keyOf(key, options)));
  }

  /** `'string'`, `'hash'`, `'list'`, `'set'`, `'zset'`, `'stream'`; `undefined` where the key is not there. Redis: `TYPE`. */
  type(key: string, options?: VersionOption): Reply<S, string | undefined> {
    return this.send<string | undefined>(() => read('TYPE', [this.keyOf(key, options)], replies.typeName));
  }

  /**
   * Gives a key another name, overwriting what was there; value and time to live go along. Redis: `RENAME`.
   *
   * @throws KeyNotFoundError where the source is not there
   * @throws NotSupportedError where its value is encrypted: it could not be read under another name
   */
  rename(source: string, destination: string, options?: TwoKeyOptions): Reply<S, void> {
    return this.send<void>(() =>
      moving(write('RENAME', this.sourceAndDestination(source, destination, options), replies.nothing)),
    );
  }

  /**
   * Gives a key another name where that is free; whether it was. Redis: `RENAMENX`.
   *
   * @throws KeyNotFoundError where the source is not there
   * @throws NotSupportedError as {@link rename}
   */
  renamenx(source: string, destination: string, options?: TwoKeyOptions): Reply<S, boolean> {
    return this.send<boolean>(() =>
      moving(write('RENAMENX', this.sourceAndDestination(source, destination, options), replies.boolean)),
    );
  }
}
