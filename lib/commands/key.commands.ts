import { type Timeout, toInstant } from '../options/timeout.js';
import { integerArgument } from './arguments.js';
import { buffered, type StampedeOption, stampedeOf } from '../caching/xfetch.js';
import { read, write } from './command.js';
import { CommandGroup, type Reply, type TwoKeyOptions, type VersionOption } from './command-group.js';
import { expiry } from './expiry.js';
import * as replies from './replies.js';
import { absent, presence } from './presence.js';
import { expireCommand, touchCommand } from './touch.js';

/** How `touch` extends. @publicApi */
export interface TouchOptions extends VersionOption, StampedeOption {}

/** Redis rounds so. */
const toSeconds = (ttlMs: number): number => (ttlMs < 0 ? ttlMs : Math.floor((ttlMs + 500) / 1000));

/**
 * Keys as such: presence, time to live, type, name.
 *
 * @publicApi
 */
export abstract class KeyCommands<S> extends CommandGroup<S> {
  /** Whether the key is there. Redis: `PTTL`, `GETRANGE`, as the entry may be invalidated. */
  hasKey(key: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => presence(this.keyOf(key, options), (ttlMs) => ttlMs !== absent));
  }

  /** Deletes a key of any type; whether it was there. Redis: `UNLINK`, so that large values are freed in the background. */
  delete(key: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => write('UNLINK', [this.keyOf(key, options)], replies.boolean));
  }

  /**
   * Gives a key a new time to live (the module's where `timeout` is left out; `null` makes it persistent, 0 deletes it);
   * whether the key is there. Redis: `PEXPIRE`, `PTTL`, `GETRANGE`, as the entry may have tags or grace.
   *
   * @example
   * await cache.touch('session:7', '30m');
   */
  touch(key: string, timeout?: Timeout, options: TouchOptions = {}): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const ms = expiry(timeout, this.defaults.timeoutMs);
      return touchCommand(this.keyOf(key, options), buffered(ms, stampedeOf(options, this.defaults.stampede)));
    });
  }

  /**
   * Seconds until the key expires, rounded, without the time that it is kept for `grace`; `-1` where it never does, `-2`
   * where it is not there. Redis: `PTTL`, `GETRANGE`.
   */
  ttl(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => presence(this.keyOf(key, options), toSeconds));
  }

  /** As {@link ttl}, in milliseconds. Redis: `PTTL`, `GETRANGE`. */
  pttl(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => presence(this.keyOf(key, options), (ttlMs) => ttlMs));
  }

  /**
   * Lets a key expire after seconds or a duration (`null`: never, 0 or less: at once); whether the key is there. As all
   * that follow, it knows nothing of tags and grace. Redis: `PEXPIRE`.
   */
  expire(key: string, timeout: Timeout, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => {
      if (timeout === undefined) throw new TypeError('expire needs a timeout');
      return expireCommand(this.keyOf(key, options), expiry(timeout, null));
    });
  }

  /** Lets a key expire after whole milliseconds (0 or less: at once); whether the key is there. Redis: `PEXPIRE`. */
  pexpire(key: string, ms: number, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      write('PEXPIRE', [this.keyOf(key, options), integerArgument(ms, 'ms')], replies.boolean),
    );
  }

  /**
   * Lets a key expire at an instant: a `Date` or a Unix time in seconds; one in the past deletes the key. Whether the
   * key is there. Redis: `PEXPIREAT`.
   */
  expireAt(key: string, when: Date | number, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      write('PEXPIREAT', [this.keyOf(key, options), toInstant(when, 'seconds')], replies.boolean),
    );
  }

  /** As {@link expireAt}, with a Unix time in milliseconds. Redis: `PEXPIREAT`. */
  pexpireAt(key: string, when: Date | number, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      write('PEXPIREAT', [this.keyOf(key, options), toInstant(when, 'milliseconds')], replies.boolean),
    );
  }

  /**
   * The Unix time in seconds at which the key expires; `-1` where it never does, `-2` where it is not there.
   * Redis: `EXPIRETIME`.
   */
  expireTime(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => read('EXPIRETIME', [this.keyOf(key, options)], replies.timeToLive));
  }

  /** Takes the expiry from a key; whether it had one. Redis: `PERSIST`. */
  persist(key: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => write('PERSIST', [this.keyOf(key, options)], replies.boolean));
  }

  /** `'string'`, `'hash'`, `'list'`, `'set'`, `'zset'`, `'stream'`; `undefined` where the key is not there. Redis: `TYPE`. */
  type(key: string, options?: VersionOption): Reply<S, string | undefined> {
    return this.send<string | undefined>(() => read('TYPE', [this.keyOf(key, options)], replies.typeName));
  }

  /**
   * Gives a key another name, overwriting what was there; value and time to live go along. Redis: `RENAME`.
   *
   * @throws KeyNotFoundError where the source is not there
   */
  rename(source: string, destination: string, options?: TwoKeyOptions): Reply<S, void> {
    return this.send<void>(() =>
      write('RENAME', this.sourceAndDestination(source, destination, options), replies.nothing),
    );
  }

  /**
   * Gives a key another name where that is free; whether it was. Redis: `RENAMENX`.
   *
   * @throws KeyNotFoundError where the source is not there
   */
  renamenx(source: string, destination: string, options?: TwoKeyOptions): Reply<S, boolean> {
    return this.send<boolean>(() =>
      write('RENAMENX', this.sourceAndDestination(source, destination, options), replies.boolean),
    );
  }
}
