import type { Redis } from 'ioredis';
import { ConnectionError } from '../../errors/index.js';
import type { ResolvedConnection } from '../../options/index.js';
import { BlockingCall } from './blocking-call.js';
import { BlockingConnection, type BlockingTarget, movedOn } from './blocking-connection.js';
import type { BlockingWireCommand } from '../../wire/connection-pool.js';
import { endWaits } from './end-waits.js';
import { onAbort } from '../../waiting/on-abort.js';
import { Permits } from './permits.js';

/** Leads a call to the server of its keys, which may take several attempts. */
export type Route = (waitAt: (target: BlockingTarget) => Promise<unknown>) => Promise<unknown>;

/** How long an idle connection is kept. */
const idleMs = 30_000;

/**
 * The connections of blocking commands: opened on demand, at most `maxConnections` of them. Further calls wait their
 * turn, on their own time.
 */
export class BlockingConnections {
  readonly #permits: Permits;
  readonly #busy = new Set<BlockingConnection>();
  readonly #idle = new Map<BlockingConnection, NodeJS.Timeout>();
  #isClosed = false;

  constructor(private readonly limits: Pick<ResolvedConnection, 'maxConnections' | 'commandTimeoutMs'>) {
    this.#permits = new Permits(limits.maxConnections);
  }

  async send(command: BlockingWireCommand, route: Route): Promise<unknown> {
    const call = new BlockingCall(command);
    this.#assertWanted(call);
    if (call.leftMs === 0 || !(await this.#permits.acquire(call)))
      return route((target) => this.#withoutWaiting(target, call));
    try {
      for (;;) {
        const reply = await route((target) => this.#waitAt(target, call));
        if (reply !== movedOn) return reply;
      }
    } finally {
      this.#permits.release();
    }
  }

  /** Leaves servers: calls that wait there continue where their route leads now, with their remaining time. */
  leave(isLeft: (redis: Redis) => boolean): void {
    for (const connection of this.#idle.keys()) if (isLeft(connection.redis)) void this.#forget(connection).close();
    const left = [...this.#busy].filter(({ redis }) => isLeft(redis));
    for (const connection of left) connection.leave();
    const waiting = left.filter(({ isReady }) => isReady);
    void endWaits(waiting, this.limits.commandTimeoutMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#permits.failAll(closed());
    for (const timer of this.#idle.values()) clearTimeout(timer);
    await Promise.all([...this.#busy, ...this.#idle.keys()].map((connection) => connection.close()));
  }

  /** In a transaction no command blocks, so it may use a shared connection. */
  async #withoutWaiting({ shared, asking }: BlockingTarget, call: BlockingCall): Promise<unknown> {
    this.#assertWanted(call);
    const [reply] = await shared.transaction([call.command], asking, this.#patienceMs(call));
    if (reply instanceof Error) throw reply;
    return reply;
  }

  async #waitAt(target: BlockingTarget, call: BlockingCall): Promise<unknown> {
    this.#assertWanted(call);
    if (call.leftMs === 0) return this.#withoutWaiting(target, call);
    const connection = this.#takeIdle(target) ?? new BlockingConnection(target, this.limits.commandTimeoutMs);
    this.#busy.add(connection);
    try {
      if (!connection.isReady) await this.#open(connection, call);
      const reply = await (call.leftMs === 0
        ? this.#withoutWaiting(target, call)
        : connection.wait(call, target.asking));
      if (reply !== movedOn && connection.isToBeKept && !this.#isClosed) this.#keep(connection);
      else void connection.close();
      return reply;
    } catch (error) {
      // It may lead to a server that is no longer a primary.
      void connection.close();
      throw error;
    } finally {
      this.#busy.delete(connection);
    }
  }

  /** Before every attempt: in between, a call may have been cancelled, or everything closed. */
  #assertWanted({ signal }: BlockingCall): void {
    signal?.throwIfAborted();
    if (this.#isClosed) throw closed();
  }

  /** Connecting may take as long as any command; a cancelled call does not wait for it. */
  async #open(connection: BlockingConnection, call: BlockingCall): Promise<void> {
    const { signal } = call;
    const stopListening = signal && onAbort(signal, () => void connection.close());
    try {
      await connection.open(this.#patienceMs(call));
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      stopListening?.();
    }
  }

  /** A call ends within `commandTimeout` after its wait, whatever happens. */
  #patienceMs(call: BlockingCall): number {
    const { commandTimeoutMs } = this.limits;
    return Math.min(commandTimeoutMs, call.leftWith(commandTimeoutMs));
  }

  /** The one used last, so that the others can expire. */
  #takeIdle({ shared }: BlockingTarget): BlockingConnection | undefined {
    const found = [...this.#idle.keys()].findLast(({ server, isReady }) => isReady && server === shared.server);
    const { maxConnections } = this.limits;
    const [oldest] = this.#idle.keys();
    if (found) this.#forget(found);
    else if (oldest && this.#busy.size + this.#idle.size >= maxConnections) void this.#forget(oldest).close();
    return found;
  }

  #keep(connection: BlockingConnection): void {
    const timer = setTimeout(() => void this.#forget(connection).close(), idleMs);
    this.#idle.set(connection, timer.unref());
  }

  #forget(connection: BlockingConnection): BlockingConnection {
    clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
    return connection;
  }
}

const closed = (): ConnectionError => new ConnectionError('the connection was closed');
