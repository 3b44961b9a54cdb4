import { nameOf } from '../arguments/names.js';
import { onAbort } from '../waiting/on-abort.js';
import { settled } from '../waiting/settled.js';
import type { ChannelKind, ConnectionPool } from '../wire/connection-pool.js';
import { Delivery } from './delivery.js';
import { type Ear, Listening, type Name } from './listening.js';
import type { Reports } from './reports.js';
import type { BacklogLimits, MessageContext, MessageListener } from './subscribe.options.js';

/** How long a shutdown waits for listeners. */
const stopMs = 10_000;

/** The parts of a subscription. */
export interface SubscriptionTerms {
  /** The name of its channels in messages. */
  readonly title: string;
  readonly names: readonly Name[];
  readonly kind: ChannelKind;
  readonly listener: MessageListener<never>;
  readonly limits: BacklogLimits;
  readonly reports: Reports;
  readonly signal: AbortSignal | undefined;
  readonly decode: (data: Buffer) => unknown;
  /** The caller's name of a channel that matches a pattern; `undefined` for a channel outside the cache. */
  readonly nameOf: (channel: Buffer) => string | undefined;
  /** The server refuses it; before it has started, or later. */
  readonly refused: (error: unknown, name: string, subscription: Subscription) => void;
  readonly ended: (subscription: Subscription) => void;
}

/**
 * The result of `subscribe` and `psubscribe`: listens until it is ended.
 *
 * @publicApi
 * @example
 * await using subscription = await cache.subscribe<Order>('orders', (order) => show(order));
 * await signalled; // it listens until the end of the block
 */
export class Subscription implements Ear {
  /** As they were given: channels, or patterns. */
  readonly channels: readonly string[];
  private readonly stopping = new AbortController();
  private readonly delivery: Delivery;
  private readonly listening: Listening;
  private readonly stopFollowing: (() => void) | undefined;
  private readonly contexts = new Map<string, MessageContext>();
  private ended: Promise<void> | undefined;

  /** @internal */
  constructor(
    subscribe: NonNullable<ConnectionPool['subscribe']>,
    private readonly terms: SubscriptionTerms,
  ) {
    const { names, kind, listener, decode, limits, reports, signal } = terms;
    this.channels = names.map(({ name }) => name);
    this.delivery = new Delivery(listener, decode, limits, reports);
    this.listening = new Listening(subscribe, names, kind, this);
    this.stopFollowing = signal && onAbort(signal, () => void this.end(signal.reason));
  }

  /** Whether all of its channels are subscribed to at this moment. */
  get isListening(): boolean {
    return !this.ended && this.listening.isComplete;
  }

  /** How many messages were dropped because the listener was too slow. */
  get dropped(): number {
    return this.delivery.dropped;
  }

  /**
   * Ends it: the listener is not called again, waiting messages are dropped. Awaits a listener that is still running,
   * unless that listener itself unsubscribes. The last subscription to a channel sends `UNSUBSCRIBE`, `PUNSUBSCRIBE` or
   * `SUNSUBSCRIBE`.
   *
   * @example
   * const subscription = await cache.subscribe('prices', (price) => show(price));
   * await subscription.unsubscribe();
   */
  async unsubscribe(): Promise<void> {
    await this.end(new Error('The subscription was ended'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }

  /**
   * Resolves once it listens; rejects if it was ended before.
   *
   * @internal
   */
  get begun(): Promise<void> {
    return this.listening.begun;
  }

  /** @internal */
  get title(): string {
    return this.terms.title;
  }

  /**
   * It is returned although it does not listen yet: messages published until then are missing.
   *
   * @internal
   */
  late(): this {
    this.listening.late();
    return this;
  }

  /** @internal */
  async end(reason: unknown): Promise<void> {
    if (!this.ended) {
      this.stopFollowing?.();
      this.ended = this.listening.end(reason);
      this.terms.ended(this);
    }
    // Not cached: the listener itself must not wait for its own end, and everybody else must.
    const delivered = this.delivery.end();
    this.stopping.abort(reason);
    await Promise.all([this.ended, delivered]);
  }

  /** @internal */
  hear(message: Buffer, name: string, channel: Buffer | undefined): void {
    if (this.terms.kind !== 'pattern') return this.delivery.take(message, this.contextOf(name));
    if (!channel) return;
    const { signal } = this.stopping;
    try {
      const published = this.terms.nameOf(channel);
      if (published !== undefined) this.delivery.take(message, { channel: published, pattern: name, signal });
    } catch (error) {
      // A keyFunction may not know a channel that matches a pattern, and nobody else would catch what it throws.
      this.delivery.failed(error, { channel: nameOf(channel), pattern: name, signal });
    }
  }

  /** @internal */
  gap(): void {
    this.delivery.gap();
  }

  /** @internal */
  refused(error: unknown, name: string): void {
    this.terms.refused(error, name, this);
  }

  private contextOf(channel: string): MessageContext {
    let context = this.contexts.get(channel);
    if (!context) this.contexts.set(channel, (context = { channel, signal: this.stopping.signal }));
    return context;
  }
}

/** Ends all of them, and waits for their listeners, but not forever. */
export async function endAll(subscriptions: readonly Subscription[], reason: Error): Promise<void> {
  await settled(Promise.all(subscriptions.map((subscription) => subscription.end(reason))), stopMs);
}
