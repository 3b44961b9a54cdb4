import { nameOf } from '../arguments/names.js';
import { onAbort } from '../waiting/on-abort.js';
import { settled } from '../waiting/settled.js';
import type { ChannelKind, ConnectionPool } from '../wire/connection-pool.js';
import { Delivery } from './delivery.js';
import { type Ear, Listening, type Name } from './listening.js';
import type { Reports } from './reports.js';
import type { BacklogLimits, MessageContext, MessageListener } from './subscribe.options.js';

/** How long a shutdown waits for listeners at most. */
const stopMs = 10_000;

/** What a subscription is made of. */
export interface SubscriptionTerms {
  /** What its channels are called in messages. */
  readonly title: string;
  readonly names: readonly Name[];
  readonly kind: ChannelKind;
  readonly listener: MessageListener<never>;
  readonly limits: BacklogLimits;
  readonly reports: Reports;
  readonly signal: AbortSignal | undefined;
  readonly decode: (data: Buffer) => unknown;
  /** The caller's name of a channel that a pattern has matched; `undefined` for one that is none of the cache's. */
  readonly nameOf: (channel: Buffer) => string | undefined;
  /** The server does not let it listen; before it has begun, or later. */
  readonly refused: (error: unknown, name: string, subscription: Subscription) => void;
  readonly ended: (subscription: Subscription) => void;
}

/**
 * What `subscribe` and `psubscribe` give: listens until it is ended.
 *
 * @publicApi
 * @example
 * await using subscription = await cache.subscribe<Order>('orders', (order) => show(order));
 * …                                                     // listens until the end of the block
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

  /** Whether all its channels are listened to at this moment. */
  get isListening(): boolean {
    return !this.ended && this.listening.isComplete;
  }

  /** How many messages were dropped as the listener was too slow. */
  get dropped(): number {
    return this.delivery.dropped;
  }

  /**
   * Ends it: the listener is called no more, what waits is dropped, and a call that is under way is waited for, unless it
   * is that which unsubscribes. Redis: `UNSUBSCRIBE`, `PUNSUBSCRIBE`, `SUNSUBSCRIBE`, with the last subscription to the
   * channel.
   */
  async unsubscribe(): Promise<void> {
    await this.end(new Error('The subscription was ended'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }

  /**
   * Resolves once it listens; rejects where it was ended before.
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
   * It is given away although it does not listen: what is published until it does is missing.
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
    // Not once for all: the listener itself must not wait for its own end, and everybody else must.
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
      // A keyFunction may not know what a pattern has matched, and nobody else would catch what it throws.
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

/** Ends all of them, and waits for their listeners, but not for ever. */
export async function endAll(subscriptions: readonly Subscription[], reason: Error): Promise<void> {
  await settled(Promise.all(subscriptions.map((subscription) => subscription.end(reason))), stopMs);
}
