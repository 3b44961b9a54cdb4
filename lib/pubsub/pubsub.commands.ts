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

/** Messages are plain text. */
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
   * Calls the listener with every message published to the channels from now on, one at a time, in the order of each
   * channel. Resolves when it listens. A message is delivered at most once: messages published while the connection is
   * down, or dropped because the listener is too slow, never arrive; the hooks report them. All subscriptions of a
   * cache share one connection. Redis: `SUBSCRIBE`, `SSUBSCRIBE`.
   *
   * @throws ConnectionError if no server answers within `commandTimeout`; with `ignoreExceptions` it resolves, and
   * listens as soon as a server answers
   * @throws AuthenticationError, NotSupportedError if the server refuses; then it does not listen
   * @throws the reason of the signal, if that aborts before it listens
   * @example
   * const subscription = await cache.subscribe<Order>('orders', (order) => show(order), { onGap: () => reload() });
   * // when no page is open any more
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
   * The same for all channels whose names match a glob pattern; `context.channel` names the channel of a message.
   * Sharded channels match no pattern. Redis: `PSUBSCRIBE`.
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
