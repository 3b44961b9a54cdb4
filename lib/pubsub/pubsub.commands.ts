import { CommandGroup, type Direct } from '../commands/command-group.js';
import type { PubSub } from './pubsub.js';
import {
  type MessageListener,
  psubscribeNames,
  type PsubscribeOptions,
  subscribeNames,
  type SubscribeOptions,
} from './subscribe.options.js';
import type { Subscription } from './subscription.js';

/** The messages are plain text. */
type Raw = { readonly raw: true };

/**
 * Subscriptions to channels.
 *
 * @publicApi
 */
export abstract class PubSubCommands extends CommandGroup<Direct> {
  /** @internal */
  protected abstract readonly pubsub: PubSub;

  /**
   * Calls the listener with every message that is published to the channels from then on, in the order of each channel,
   * one after the other. Resolves when it listens. A message is delivered once at most: what is published while the
   * connection is down, or dropped as the listener is too slow, never comes; the hooks tell of it. All subscriptions of a
   * cache share one connection. Redis: `SUBSCRIBE`, `SSUBSCRIBE`.
   *
   * @throws ConnectionError where no server answers within `commandTimeout`; under `ignoreExceptions` it resolves, and
   * listens as soon as there is one
   * @throws AuthenticationError, NotSupportedError where the server refuses; it does not listen then
   * @throws the reason of the signal, where that aborts before it listens
   * @example
   * const subscription = await cache.subscribe<Order>('orders', (order) => show(order), { onGap: () => reload() });
   * …
   * await subscription.unsubscribe();
   */
  subscribe(
    channels: string | readonly string[],
    listener: MessageListener<string>,
    options: SubscribeOptions & Raw,
  ): Promise<Subscription>;
  subscribe<T = unknown>(
    channels: string | readonly string[],
    listener: MessageListener<T>,
    options?: SubscribeOptions,
  ): Promise<Subscription>;
  async subscribe(
    channels: string | readonly string[],
    listener: MessageListener<never>,
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    const version = this.versionOf(options, subscribeNames);
    return this.pubsub.subscribe({ names: channels, isPattern: false, listener, version, options });
  }

  /**
   * The same for all channels whose names match a glob pattern; `context.channel` is the one of a message. Channels of
   * shards match no pattern. Redis: `PSUBSCRIBE`.
   *
   * @example
   * await cache.psubscribe<Order>('orders.*', (order, { channel }) => show(channel, order));
   */
  psubscribe(
    patterns: string | readonly string[],
    listener: MessageListener<string>,
    options: PsubscribeOptions & Raw,
  ): Promise<Subscription>;
  psubscribe<T = unknown>(
    patterns: string | readonly string[],
    listener: MessageListener<T>,
    options?: PsubscribeOptions,
  ): Promise<Subscription>;
  async psubscribe(
    patterns: string | readonly string[],
    listener: MessageListener<never>,
    options: PsubscribeOptions = {},
  ): Promise<Subscription> {
    const version = this.versionOf(options, psubscribeNames);
    return this.pubsub.subscribe({ names: patterns, isPattern: true, listener, version, options });
  }
}
