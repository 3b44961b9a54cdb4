import type { Redis } from 'ioredis';
import type { ChannelKind, ChannelListener, ChannelSubscription, WireArgument } from '../../wire/connection-pool.js';
import { isReply } from '../driver/driver-errors.js';
import type { Endpoint } from '../driver/endpoint.js';
import { RedisSubscription } from './redis-subscription.js';
import { Topic } from './topic.js';

/** How long to wait before asking again for a name that the server has refused. */
const refusedMs = 60_000;

/** A pattern is text: the driver reports it as such. */
const enter = {
  channel: (redis: Redis, name: WireArgument) => redis.subscribe(name),
  pattern: (redis: Redis, name: WireArgument) => redis.psubscribe(String(name)),
  shard: (redis: Redis, name: WireArgument) => redis.ssubscribe(name),
};
const leave = {
  channel: (redis: Redis, name: WireArgument) => redis.unsubscribe(name),
  pattern: (redis: Redis, name: WireArgument) => redis.punsubscribe(String(name)),
  shard: (redis: Redis, name: WireArgument) => redis.sunsubscribe(name),
};

/**
 * One connection for all channels and patterns of a server: opened for the first of them, closed with the last. Each is
 * subscribed to separately, so that a refusal reaches only the listeners it concerns.
 */
export class SharedSubscription {
  readonly #topics = new Map<string, Topic>();
  readonly #server: () => Endpoint | Promise<Endpoint>;
  #subscription: RedisSubscription | undefined;
  /** The connections that subscribe to names: the current one, and its replacement. */
  readonly #open = new Set<Redis>();
  #heard: Redis | undefined;
  #next: Redis | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(server: () => Endpoint | Promise<Endpoint>) {
    this.#server = server;
  }

  get isIdle(): boolean {
    return this.#topics.size === 0;
  }

  subscribe(name: WireArgument, listener: ChannelListener, kind: ChannelKind = 'channel'): ChannelSubscription {
    const key = keyOf(kind, name);
    // An object of its own, as a listener may be given twice.
    const own = standInFor(listener);
    const topic = this.#topics.get(key) ?? this.#enter(key, new Topic(kind, name));
    topic.add(own);
    this.#subscription ??= this.#connect();
    return {
      close: async () => {
        topic.remove(own);
        if (topic.isEmpty && this.#topics.get(key) === topic) this.#leave(key, topic);
      },
    };
  }

  /** Opens another connection if this one leads, or is being made, to a server that is to be left. */
  leave(isLeft: (redis: Redis) => boolean): void {
    this.#subscription?.leave(isLeft);
  }

  async close(): Promise<void> {
    this.#topics.clear();
    await this.#disconnect();
  }

  #connect(): RedisSubscription {
    const subscription: RedisSubscription = new RedisSubscription(
      this.#server,
      undefined,
      {
        onMessage: () => undefined,
        onListening: () => {
          if (this.#subscription === subscription) this.#switch();
        },
        onSilence: () => {
          if (this.#subscription === subscription) this.#silence();
        },
      },
      async (redis) => {
        if (this.#subscription === subscription) await this.#prepare(redis);
      },
    );
    return subscription;
  }

  async #prepare(redis: Redis): Promise<void> {
    redis.on('messageBuffer', (channel, message) => this.#hear(redis, 'channel', channel, channel, message));
    redis.on('smessageBuffer', (channel, message) => this.#hear(redis, 'shard', channel, channel, message));
    redis.on('pmessageBuffer', (pattern, channel, message) => this.#hear(redis, 'pattern', pattern, channel, message));
    // Reported by newer drivers only: the slots of some channels have moved to another node, unasked.
    redis.on('moved', () => this.#askForShards(redis));
    redis.once('end', () => {
      this.#open.delete(redis);
      if (this.#heard === redis) this.#silence();
    });
    this.#open.add(redis);
    this.#next = redis;
    this.#heard ??= redis;
    await Promise.all(Array.from(this.#topics.values(), (topic) => this.#ask(redis, topic)));
  }

  /** The connection prepared last is the current one. */
  #switch(): void {
    const isAnother = this.#heard !== undefined && this.#heard !== this.#next;
    this.#heard = this.#next;
    if (!this.#heard) return;
    for (const topic of this.#topics.values()) {
      if (topic.isToldBy(this.#heard)) topic.begin(isAnother);
      else topic.silence();
    }
  }

  #silence(): void {
    this.#heard = undefined;
    for (const topic of this.#topics.values()) topic.silence();
  }

  #enter(key: string, topic: Topic): Topic {
    this.#topics.set(key, topic);
    // If the connection breaks meanwhile, the next one subscribes to all names.
    for (const redis of this.#open) this.#ask(redis, topic).catch(() => undefined);
    return topic;
  }

  #leave(key: string, topic: Topic): void {
    this.#topics.delete(key);
    if (this.isIdle) return void this.#disconnect();
    for (const redis of this.#open) leave[topic.kind](redis, topic.name).catch(() => undefined);
  }

  async #ask(redis: Redis, topic: Topic): Promise<void> {
    try {
      await enter[topic.kind](redis, topic.name);
    } catch (error) {
      if (!isReply(error)) throw error;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects a reply only with an error
      topic.refused(error as Error);
      this.#askAgainLater();
      return;
    }
    topic.agreed(redis);
    if (redis === this.#heard) topic.begin();
  }

  #askAgainLater(): void {
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      for (const topic of this.#topics.values()) {
        if (!topic.refusal) continue;
        for (const redis of this.#open) this.#ask(redis, topic).catch(() => undefined);
      }
    }, refusedMs).unref();
  }

  #askForShards(redis: Redis): void {
    for (const topic of this.#topics.values()) {
      if (topic.kind !== 'shard' || !topic.isToldBy(redis)) continue;
      topic.leftBy(redis);
      if (redis === this.#heard) topic.silence();
      this.#ask(redis, topic).catch(() => undefined);
    }
  }

  /** A message that is not text is for nobody: an invalidation, on the server's own channel. */
  #hear(redis: Redis, kind: ChannelKind, name: WireArgument, channel: Buffer, message: unknown): void {
    if (redis !== this.#heard || !Buffer.isBuffer(message)) return;
    this.#topics.get(keyOf(kind, name))?.hear(message, channel);
  }

  async #disconnect(): Promise<void> {
    clearTimeout(this.#again);
    this.#again = undefined;
    const subscription = this.#subscription;
    this.#subscription = this.#heard = this.#next = undefined;
    this.#open.clear();
    await subscription?.close();
  }
}

/** One character per byte, so that no two names are the same. */
const keyOf = (kind: ChannelKind, name: WireArgument): string =>
  `${kind} ${(typeof name === 'string' ? Buffer.from(name) : name).toString('latin1')}`;

const standInFor = (listener: ChannelListener): ChannelListener => ({
  onMessage: (message, channel) => listener.onMessage(message, channel),
  onListening: () => listener.onListening(),
  onSilence: () => listener.onSilence(),
  onRefusal: (error) => listener.onRefusal?.(error),
});
