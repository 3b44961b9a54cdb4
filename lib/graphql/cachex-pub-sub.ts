import { PubSubEngine } from 'graphql-subscriptions';
import { cacheArgument } from '../adapter-cache.js';
import type { CachexService, Subscription } from '../index.js';

/**
 * Carries the events of GraphQL subscriptions over all processes, by the channels of the cache. Whatever publishes by
 * `cache.publish` reaches subscribers, too.
 *
 * @publicApi
 * @example
 * const pubSub = new CachexPubSub(cache);
 * await pubSub.publish('orderPlaced', { orderPlaced: order });
 * pubSub.asyncIterableIterator<Order>('orderPlaced'); // what a subscription's resolver gives
 */
export class CachexPubSub extends PubSubEngine {
  private readonly cache: CachexService;
  private readonly subscriptions = new Map<number, Subscription>();
  private lastId = 0;

  constructor(cache: CachexService) {
    super();
    this.cache = cacheArgument(cache, 'CachexPubSub');
  }

  /** Redis: `PUBLISH`. */
  override async publish(trigger: string, payload: unknown): Promise<void> {
    await this.cache.publish(trigger, payload);
  }

  /**
   * Calls `onMessage` with every payload from then on; resolves with an id when it listens. Redis: `SUBSCRIBE`.
   *
   * @throws ConnectionError where no server answers within `commandTimeout`
   */
  override async subscribe(trigger: string, onMessage: (payload: never) => unknown): Promise<number> {
    // An iterator takes what it gets at once, and lets whoever reads it wait: nothing is to be dropped before.
    const subscription = await this.cache.subscribe<never>(trigger, (payload) => void onMessage(payload));
    this.lastId += 1;
    this.subscriptions.set(this.lastId, subscription);
    return this.lastId;
  }

  /** Resolves when it listens no longer. Redis: `UNSUBSCRIBE`. */
  override async unsubscribe(id: number): Promise<void> {
    const subscription = this.subscriptions.get(id);
    this.subscriptions.delete(id);
    await subscription?.unsubscribe();
  }
}
