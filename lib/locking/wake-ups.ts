import { randomBytes } from 'node:crypto';
import type { ChannelListener, ConnectionPool, ChannelSubscription } from '../wire/connection-pool.js';
import type { Waiter } from './waiter.js';

/**
 * Wakes waiters when it is their turn: scripts publish to the channel of this instance. All waiters share one
 * connection, opened for the first of them.
 */
export class WakeUps implements ChannelListener {
  /** Identifies this instance among all that use the same server. */
  readonly instance = randomBytes(16).toString('base64url');
  private readonly waiters = new Map<string, Waiter>();
  private subscription: ChannelSubscription | undefined;
  private listening = false;

  constructor(
    private readonly pool: Pick<ConnectionPool, 'subscribe'>,
    /** The prefix of the instances' channels. */
    readonly channels: string,
  ) {}

  /** Whether a wake-up can arrive now. */
  get isListening(): boolean {
    return this.listening;
  }

  enter(token: string, waiter: Waiter): void {
    this.waiters.set(token, waiter);
  }

  leave(token: string): void {
    this.waiters.delete(token);
  }

  /** Opens the connection if there is none. */
  listen(): void {
    this.subscription ??= this.pool.subscribe?.(this.channels + this.instance, this);
  }

  /** Ends all waits. */
  stopAll(reason: Error): void {
    for (const waiter of this.waiters.values()) waiter.stop(reason);
  }

  async close(): Promise<void> {
    await this.subscription?.close();
  }

  onMessage(token: Buffer): void {
    this.waiters.get(token.toString())?.call();
  }

  onListening(): void {
    this.listening = true;
    // Messages sent earlier were not delivered.
    this.callAll();
  }

  onSilence(): void {
    this.listening = false;
    this.callAll();
  }

  private callAll(): void {
    for (const waiter of this.waiters.values()) waiter.call();
  }
}
