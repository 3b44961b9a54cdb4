import { setTimeout as delay } from 'node:timers/promises';
import type { Redis, RedisOptions } from 'ioredis';
import { CommandTimeoutError } from '../../errors/index.js';
import { changed, type Endpoint } from '../driver/endpoint.js';
import { openRedis } from '../driver/open-redis.js';
import type { BlockingCall } from './blocking-call.js';
import type { WireCommand } from '../../wire/connection-pool.js';
import { withLastIds } from './last-ids.js';
import { isRefusal } from '../../wire/refusal.js';
import { onAbort } from '../../waiting/on-abort.js';
import { longestTimerMs } from '../../waiting/pause.js';
import { RedisLink } from '../links/redis-link.js';

/** Where a blocking command goes. */
export interface BlockingTarget {
  /** What a connection of its own is opened with. */
  readonly endpoint: Endpoint;
  /** A shared connection to the same server, by which a wait is ended. */
  readonly shared: RedisLink;
  /** Whether the slot is only on its way there. */
  readonly asking?: boolean;
}

/** What a wait gives that is to go on at another server. */
export const toGoOn = Symbol('to go on at another server');

/** Outages are told of by the shared connection. */
export const silent = { warn: () => undefined, log: () => undefined };
const clientId: WireCommand = { name: 'CLIENT', args: ['ID'], access: 'write' };
/** Between two attempts to end a wait. */
const pauseMs = 10;
/** How long the server waits at a time where a wait is to end by a signal, and cannot be ended. */
const shortSliceMs = 1000;
/** Servers may count in units of their own: an answer that comes so much before its time has come in time. */
const toleranceMs = 20;

/**
 * A connection for one blocking command at a time. The server is told to wait for some seconds, and then again: on a
 * connection that was cut off silently, a wait would never end otherwise.
 */
export class BlockingConnection {
  readonly #link: RedisLink;
  readonly #sliceMs: number;
  #id: Promise<unknown> | undefined;
  #ending: Promise<void> | undefined;
  #isOpening = true;
  #isWaiting = false;
  #isLeft = false;
  #isAsking = false;
  /** Whether waits can be ended here, once it is known. */
  #mayUnblock = false;
  #takesNothing = false;

  constructor(
    private readonly target: BlockingTarget,
    /** How long anything may take beside the wait itself. */
    private readonly commandTimeoutMs: number,
  ) {
    const { endpoint } = target;
    const retryStrategy: RedisOptions['retryStrategy'] = (attempt) =>
      this.#isOpening ? endpoint.options.retryStrategy?.(attempt) : null;
    this.#link = new RedisLink(
      openRedis(changed(endpoint, { commandTimeout: undefined, socketTimeout: undefined, retryStrategy })),
      silent,
      target.shared.demotion,
    );
    this.#sliceMs = Math.min(Math.max(commandTimeoutMs, 1000), 5000);
  }

  /** What tells the server from others. */
  get server(): string {
    return this.#link.server;
  }

  get redis(): Redis {
    return this.#link.redis;
  }

  get isReady(): boolean {
    return this.#link.isReady;
  }

  /** Whether it may serve another call. */
  get isToBeKept(): boolean {
    return this.isReady && !this.#isLeft;
  }

  /** Until the server answers, or the time is over; a connection that breaks later is not made again. */
  async open(timeoutMs: number): Promise<void> {
    try {
      await this.#link.open(timeoutMs);
    } finally {
      this.#isOpening = false;
    }
  }

  /**
   * The reply, `null` when the time is over. A call that is cancelled rejects with the reason of its signal, except where
   * an element has come already: that is not lost.
   */
  async wait(call: BlockingCall, asking = false): Promise<unknown> {
    const { signal } = call;
    signal?.throwIfAborted();
    this.#isAsking = asking;
    this.#takesNothing = call.takesNothing;
    this.#id ??= this.#askId();
    const end = (): void => void (this.#ending ??= this.#unblock(this.target.shared));
    const stopListening = signal && onAbort(signal, end);
    try {
      const isWhole = await this.#resolveLastIds(call);
      return await this.#waitInSlices(call, isWhole ? Infinity : this.#sliceMs);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      stopListening?.();
      // It must not meet the next call of this connection.
      await this.#ending;
      this.#ending = undefined;
    }
  }

  /** The server is to be left: from here on a wait goes on elsewhere as soon as nothing is lost by it. */
  leave(): void {
    if (this.isReady) this.#isLeft = true;
    else this.#link.remake();
  }

  /** Ends a wait at once. CLIENT UNBLOCK may overtake the command itself: it is said until there is an answer. */
  async endWait(by: RedisLink): Promise<void> {
    this.#ending ??= this.#unblock(by);
    await this.#ending;
  }

  /** A call that waits fails. */
  async close(): Promise<void> {
    // Nothing else is under way: QUIT would only wait as well.
    this.#link.redis.disconnect();
    await this.#link.close();
  }

  destroy(): void {
    this.#link.redis.disconnect();
    this.#link.cut();
  }

  #askId(): Promise<unknown> {
    const id = this.#link.send(clientId);
    id.then(
      () => (this.#mayUnblock = true),
      () => undefined,
    );
    return id;
  }

  /** Whether the wait has to be one: the user may not read what was last. */
  async #resolveLastIds(call: BlockingCall): Promise<boolean> {
    try {
      call.command = await withLastIds(call.command, (command) => this.#answer(command, 0));
      return false;
    } catch (error) {
      if (isRefusal(error)) return true;
      throw error;
    }
  }

  async #waitInSlices(call: BlockingCall, sliceMs: number): Promise<unknown> {
    for (;;) {
      call.signal?.throwIfAborted();
      const start = performance.now();
      const isShort = call.signal && !this.#mayUnblock && !call.takesNothing;
      const ms = Math.min(call.leftMs, isShort ? shortSliceMs : sliceMs);
      const reply = await this.#slice(call, ms);
      if (reply !== null) return reply;
      call.signal?.throwIfAborted();
      if (call.leftMs === 0) return null;
      if (this.#isLeft) return toGoOn;
      // Somebody else has ended it.
      if (performance.now() - start < ms - toleranceMs) return null;
    }
  }

  async #slice(call: BlockingCall, ms: number): Promise<unknown> {
    this.#isWaiting = true;
    try {
      return await this.#answer(call.timed(ms), ms);
    } catch (error) {
      // Nothing was lost with it.
      if (call.takesNothing && (this.#isLeft || error instanceof CommandTimeoutError)) return toGoOn;
      throw error;
    } finally {
      this.#isWaiting = false;
    }
  }

  async #answer(command: WireCommand, waitMs: number): Promise<unknown> {
    let isLate = false;
    const end = (): void => {
      isLate = true;
      this.destroy();
    };
    const limitMs = waitMs + this.commandTimeoutMs;
    const overdue = limitMs > longestTimerMs ? undefined : setTimeout(end, limitMs);
    try {
      if (this.#isAsking) this.#link.ask();
      return await this.#link.send(command);
    } catch (error) {
      if (!isLate) throw error;
      const { address } = this.#link;
      throw new CommandTimeoutError(`no answer from ${address}, ${this.commandTimeoutMs} ms after the wait`);
    } finally {
      clearTimeout(overdue);
    }
  }

  async #unblock(by: RedisLink): Promise<void> {
    const overdue = setTimeout(() => this.destroy(), this.commandTimeoutMs);
    try {
      const args = ['UNBLOCK', String(await this.#id)];
      while (this.#isWaiting) {
        // After a failover the shared connection is to another server, where the id is somebody else's.
        if (by.peer !== this.#link.peer) return this.destroy();
        await by.send({ name: 'CLIENT', args, access: 'write' });
        if (this.#isWaiting) await delay(pauseMs);
      }
    } catch (error) {
      // What is on its way would be lost with the connection: the wait ends by itself, with the slice.
      if (isRefusal(error) && !this.#takesNothing) this.#mayUnblock = false;
      else this.destroy();
    } finally {
      clearTimeout(overdue);
    }
  }
}
