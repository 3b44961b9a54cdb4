import { Logger } from '@nestjs/common';
import { PubSubEngine } from 'graphql-subscriptions';
import { cacheArgument } from '../views/adapter-cache.js';
import { errorText } from '../errors/error-text.js';
import { quoted } from '../errors/quoted.js';
import type { CachexService, Subscription } from '../index.js';
import { type EngineIterator, Events } from './events.js';

/**
 * Carries the events of GraphQL subscriptions to all processes, over the cache's channels. Messages published by
 * `cache.publish` reach subscribers, too.
 *
 * @publicApi
 * @example
 * const pubSub = new CachexPubSub(cache);
 * await pubSub.publish('orderPlaced', { orderPlaced: order });
 * pubSub.asyncIterableIterator<Order>('orderPlaced'); // returned by a subscription's resolver
 */
export class CachexPubSub extends PubSubEngine {
  private readonly cache: CachexService;
  private readonly subscriptions = new Map<number, Subscription>();
  private readonly logger = new Logger('Cachex');
  private lastId = 0;

  constructor(cache: CachexService) {
    super();
    this.cache = cacheArgument(cache, 'CachexPubSub');
  }

  /**
   * Redis: `PUBLISH`.
   *
   * @example
   * await pubSub.publish('orderPlaced', { orderPlaced: order });
   */
  override async publish(trigger: string, payload: unknown): Promise<void> {
    await this.cache.publish(trigger, payload);
  }

  /**
   * Calls `onMessage` with every payload from now on; resolves with an id when it listens. Redis: `SUBSCRIBE`.
   *
   * @throws ConnectionError if no server answers within `commandTimeout`
   * @example
   * const id = await pubSub.subscribe('orderPlaced', (payload) => handle(payload));
   */
  override async subscribe(trigger: string, onMessage: (payload: never) => unknown): Promise<number> {
    const failed = (error: unknown): void =>
      this.logger.warn(`The subscription to ${quoted(trigger)} failed to handle a message: ${errorText(error)}`);
    // Not awaited, so that no message is dropped meanwhile.
    const subscription = await this.cache.subscribe<never>(trigger, (payload) => {
      const answer = onMessage(payload);
      if (answer instanceof Promise) answer.catch(failed);
    });
    this.lastId += 1;
    this.subscriptions.set(this.lastId, subscription);
    return this.lastId;
  }

  /**
   * The payloads of one or more triggers, from the first `next()` on. Redis: `SUBSCRIBE`.
   *
   * @example
   * const placed = pubSub.asyncIterableIterator<Order>('orderPlaced'); // a `@Subscription()` of a resolver returns it
   */
  override asyncIterableIterator<T>(triggers: string | readonly string[]): EngineIterator<T> {
    const events: unknown = new Events<T>(this, triggers);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has all that is public of that class, which nobody can extend
    return events as EngineIterator<T>;
  }

  /**
   * Resolves when it no longer listens. Redis: `UNSUBSCRIBE`.
   *
   * @example
   * await pubSub.unsubscribe(id);
   */
  override async unsubscribe(id: number): Promise<void> {
    const subscription = this.subscriptions.get(id);
    this.subscriptions.delete(id);
    await subscription?.unsubscribe();
  }
}
