import { setTimeout as delay } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { CommandTimeoutError } from '../errors/index.js';
import type { BlockingCall } from './blocking-call.js';
import type { WireCommand } from './connection-pool.js';
import { onAbort } from './on-abort.js';
import { RedisLink } from './redis-link.js';

/** Where a blocking command goes. */
export interface BlockingTarget {
  /** What a connection of its own is opened with. */
  readonly options: RedisOptions;
  /** A shared connection to the same server, by which a wait is ended. */
  readonly shared: RedisLink;
}

/** Outages are told of by the shared connection. */
const silent = { warn: () => undefined, log: () => undefined };
const clientId: WireCommand = { name: 'CLIENT', args: ['ID'], access: 'write' };
/** Between two attempts to end a wait. */
const pauseMs = 10;

/** A connection for one blocking command at a time. */
export class BlockingConnection {
  readonly #link: RedisLink;
  #isOpening = true;
  #isWaiting = false;

  constructor(
    private readonly target: BlockingTarget,
    /** How long anything may take beside the wait itself. */
    private readonly commandTimeoutMs: number,
  ) {
    const { options } = target;
    const retryStrategy: RedisOptions['retryStrategy'] = (attempt) =>
      this.#isOpening ? options.retryStrategy?.(attempt) : null;
    this.#link = new RedisLink(
      new Redis({ ...options, commandTimeout: undefined, socketTimeout: undefined, retryStrategy }),
      silent,
    );
  }

  get address(): string {
    return this.target.shared.address;
  }

  get isReady(): boolean {
    return this.#link.isReady;
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
  async wait(call: BlockingCall): Promise<unknown> {
    const { signal } = call;
    signal?.throwIfAborted();
    const id = this.#link.send(clientId);
    id.catch(() => undefined);
    this.#isWaiting = true;
    const answer = this.#link.send(call.timed()).finally(() => (this.#isWaiting = false));
    let isLate = false;
    const overdue = call.whenOver(() => {
      isLate = true;
      this.#destroy();
    }, this.commandTimeoutMs);
    let ending: Promise<void> | undefined;
    const stopListening = signal && onAbort(signal, () => void (ending = this.#unblock(id)));
    try {
      const reply = await answer;
      if (reply === null) signal?.throwIfAborted();
      return reply;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isLate) throw error;
      throw new CommandTimeoutError(`no answer from ${this.address}, ${this.commandTimeoutMs} ms after the wait`);
    } finally {
      clearTimeout(overdue);
      stopListening?.();
      // It must not meet the next call of this connection.
      await ending;
    }
  }

  /** A call that waits fails. */
  async close(): Promise<void> {
    // Otherwise the driver's QUIT would wait as well.
    if (this.#isWaiting) this.#link.redis.disconnect();
    await this.#link.close();
  }

  /** CLIENT UNBLOCK may overtake the command itself, and then finds nothing to end: it is said until there is an answer. */
  async #unblock(id: Promise<unknown>): Promise<void> {
    const { shared } = this.target;
    const overdue = setTimeout(() => this.#destroy(), this.commandTimeoutMs);
    try {
      const args = ['UNBLOCK', String(await id)];
      while (this.#isWaiting) {
        // After a failover the shared connection is to another server, where the id is somebody else's.
        if (shared.peer !== this.#link.peer) return this.#destroy();
        await shared.send({ name: 'CLIENT', args, access: 'write' });
        if (this.#isWaiting) await delay(pauseMs);
      }
    } catch {
      this.#destroy();
    } finally {
      clearTimeout(overdue);
    }
  }

  #destroy(): void {
    this.#link.redis.disconnect();
    this.#link.redis.stream?.destroy();
  }
}
