import { setTimeout as delay } from 'node:timers/promises';
import type { Redis, RedisOptions } from 'ioredis';
import { CommandTimeoutError } from '../../errors/index.js';
import { changed, type Endpoint } from '../driver/endpoint.js';
import { openRedis } from '../driver/open-redis.js';
import type { BlockingCall } from './blocking-call.js';
import type { WireCommand } from '../../wire/connection-pool.js';
import { withLastIds } from './last-ids.js';
import { isUnavailable } from '../../wire/server-errors.js';
import { onAbort } from '../../waiting/on-abort.js';
import { longestTimerMs } from '../../waiting/pause.js';
import { RedisLink } from '../links/redis-link.js';

/** Where a blocking command goes. */
export interface BlockingTarget {
  /** How to open a connection of its own. */
  readonly endpoint: Endpoint;
  /** A shared connection to the same server, which ends waits. */
  readonly shared: RedisLink;
  /** Whether the slot is still being moved there. */
  readonly asking?: boolean;
}

/** The result of a wait that is to continue on another server. */
export const movedOn = Symbol('to be continued on another server');

/** The shared connection reports outages. */
export const silent = { warn: () => undefined, log: () => undefined };
const clientId: WireCommand = { name: 'CLIENT', args: ['ID'], access: 'write' };
/** The pause between two attempts to end a wait. */
const pauseMs = 10;
/** How long the server waits at a time if a signal may end the wait, but CLIENT UNBLOCK cannot. */
const shortSliceMs = 1000;
/** Servers may round their clock: an answer that is early by this much is on time. */
const toleranceMs = 20;

/**
 * A connection for one blocking command at a time. The server is told to wait for some seconds, and then again: on a
 * connection that was cut silently, a wait would otherwise never end.
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
  /** Whether waits can be ended here, once that is known. */
  #mayUnblock = false;
  #takesNothing = false;

  constructor(
    private readonly target: BlockingTarget,
    /** The time limit for everything besides the wait itself. */
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

  /** Distinguishes the server from others. */
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

  /** Until the server answers, or the time is over; a connection that breaks later is not restored. */
  async open(timeoutMs: number): Promise<void> {
    try {
      await this.#link.open(timeoutMs);
    } finally {
      this.#isOpening = false;
    }
  }

  /**
   * The reply, `null` when the time is over. A cancelled call rejects with the reason of its signal, unless an element
   * has arrived already: that is not lost.
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
      // It must not hit the next call on this connection.
      await this.#ending;
      this.#ending = undefined;
    }
  }

  /** Leaves the server: from here on a wait continues elsewhere as soon as nothing can be lost by it. */
  leave(): void {
    if (this.isReady) this.#isLeft = true;
    else this.#link.remake();
  }

  /** Ends a wait at once. CLIENT UNBLOCK may overtake the command itself: it is repeated until there is an answer. */
  async endWait(by: RedisLink): Promise<void> {
    this.#ending ??= this.#unblock(by);
    await this.#ending;
  }

  /** A waiting call fails. */
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

  /** Whether the command has to run as a wait: the user may not read the last ID. */
  async #resolveLastIds(call: BlockingCall): Promise<boolean> {
    try {
      call.command = await withLastIds(call.command, (command) => this.#answer(command, 0));
      return false;
    } catch (error) {
      if (isUnavailable(error)) return true;
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
      if (this.#isLeft) return movedOn;
      // Another client has ended it.
      if (performance.now() - start < ms - toleranceMs) return null;
    }
  }

  async #slice(call: BlockingCall, ms: number): Promise<unknown> {
    this.#isWaiting = true;
    try {
      return await this.#answer(call.timed(ms), ms);
    } catch (error) {
      // Nothing was lost with it.
      if (call.takesNothing && (this.#isLeft || error instanceof CommandTimeoutError)) return movedOn;
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
      throw new CommandTimeoutError(
        `no answer from ${address} within ${this.commandTimeoutMs} ms after the end of the wait`,
      );
    } finally {
      clearTimeout(overdue);
    }
  }

  async #unblock(by: RedisLink): Promise<void> {
    const overdue = setTimeout(() => this.destroy(), this.commandTimeoutMs);
    try {
      const args = ['UNBLOCK', String(await this.#id)];
      while (this.#isWaiting) {
        // After a failover the shared connection leads to another server, where the ID belongs to another client.
        if (by.peer !== this.#link.peer) return this.destroy();
        await by.send({ name: 'CLIENT', args, access: 'write' });
        if (this.#isWaiting) await delay(pauseMs);
      }
    } catch (error) {
      // An element on its way would be lost with the connection: the wait ends by itself, at the end of the slice.
      if (isUnavailable(error) && !this.#takesNothing) this.#mayUnblock = false;
      else this.destroy();
    } finally {
      clearTimeout(overdue);
    }
  }
}
