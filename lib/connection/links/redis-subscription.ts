import type { Redis, RedisOptions } from 'ioredis';
import { changed, type Endpoint } from '../driver/endpoint.js';
import type { ChannelListener, ChannelSubscription } from '../../wire/connection-pool.js';
import { isReply } from '../driver/driver-errors.js';
import { connectionOf } from '../driver/connection-of.js';
import type { DriverConnection } from '../driver/driver-connection.js';
import { openRedis } from '../driver/open-redis.js';
import { pauseBefore } from '../driver/redis-options.js';

/** The interval of the heartbeat, and how long the server has to answer it. */
export const heartbeatMs = 1000;

/** The subscription itself reopens the connection, wherever the server is then. */
const alone: RedisOptions = {
  lazyConnect: true,
  autoResubscribe: false,
  retryStrategy: null,
  commandTimeout: heartbeatMs,
};

/**
 * A connection that listens to one channel. When it breaks, another is opened, to whichever server is there then: in a
 * cluster every node delivers every message, and so do replicas. A connection that was cut silently counts as broken
 * after two heartbeats: nothing else distinguishes it from a quiet one.
 */
export class RedisSubscription implements ChannelSubscription {
  #redis: Redis | undefined;
  readonly #connections = new WeakMap<Redis, DriverConnection>();
  /** The connection that will take its place. */
  #next: Redis | undefined;
  #replacing: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;
  #attempts = 0;
  #isListening = false;
  #isClosed = false;

  constructor(
    private readonly server: () => Endpoint | Promise<Endpoint>,
    /** Left out if `prepare` subscribes and listens. */
    private readonly channel: string | undefined,
    private readonly listener: ChannelListener,
    /** Runs before the channel is subscribed to: no command is accepted after that. */
    private readonly prepare: (redis: Redis) => Promise<void> = async () => undefined,
  ) {
    void this.#open();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#pause);
    clearTimeout(this.#replacing);
    this.#redis?.disconnect();
    this.#next?.disconnect();
  }

  /** Opens another connection if this one leads, or is being made, to a server that is to be left. */
  leave(isLeft: (redis: Redis) => boolean): void {
    const redis = this.#redis;
    if (this.#isClosed || !redis || !isLeft(redis)) return;
    this.#attempts = 0;
    this.#cut(redis);
  }

  async #open(): Promise<void> {
    try {
      const endpoint = await this.server();
      if (this.#isClosed) return;
      this.#redis = openRedis(changed(endpoint, alone));
      await this.#listen(this.#redis, endpoint);
      this.#attempts = 0;
      this.#isListening = true;
      this.listener.onListening();
    } catch {
      // The shared connections report outages.
      this.#redis?.disconnect();
      this.#openLater();
    }
  }

  /**
   * A subscriber may not log in again, as other connections do when credentials are renewed: another connection takes
   * its place as soon as that one listens, too.
   */
  async #replace(old: Redis, failures = 0): Promise<void> {
    clearTimeout(this.#replacing);
    const isOver = (): boolean => this.#isClosed || this.#redis !== old || old.status !== 'ready';
    if (isOver()) return;
    try {
      const endpoint = await this.server();
      this.#next?.disconnect();
      const next = (this.#next = openRedis(changed(endpoint, alone)));
      await this.#listen(next, endpoint);
      if (isOver()) return next.disconnect();
      if (next.status !== 'ready') throw new Error('it has broken already');
      this.#redis = next;
      this.#next = undefined;
      old.disconnect();
      this.listener.onListening();
    } catch {
      this.#next?.disconnect();
      this.#replacing = setTimeout(() => void this.#replace(old, failures + 1), pauseBefore(failures + 1));
    }
  }

  async #listen(redis: Redis, { login }: Endpoint): Promise<void> {
    redis.on('error', () => undefined);
    this.#connections.set(redis, connectionOf(redis));
    if (this.channel !== undefined) redis.on('messageBuffer', (_, message: Buffer) => this.#hear(redis, message));
    await redis.connect();
    await this.#subscribe(redis);
    const stopFollowing = login?.follow(() => void this.#replace(redis));
    redis.once('end', () => {
      stopFollowing?.();
      if (this.#redis !== redis) return;
      this.#silence();
      this.#openLater();
    });
    this.#beat(redis);
  }

  async #subscribe(redis: Redis): Promise<void> {
    try {
      await this.prepare(redis);
      if (this.channel !== undefined) await redis.subscribe(this.channel);
    } catch (error) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects a reply only with an error
      if (isReply(error) && !this.#isClosed) this.listener.onRefusal?.(error as Error);
      throw error;
    }
  }

  /** A malformed message is as good as none: others may be missing. */
  #hear(redis: Redis, message: Buffer): void {
    try {
      this.listener.onMessage(message);
    } catch {
      this.#cut(redis);
    }
  }

  #beat(redis: Redis): void {
    const timer = setInterval(() => {
      redis.ping().catch((error) => {
        // Even an error that forbids PING is a sign of life.
        if (!isReply(error)) this.#cut(redis);
      });
    }, heartbeatMs).unref();
    redis.once('end', () => clearInterval(timer));
  }

  #cut(redis: Redis): void {
    if (this.#redis === redis) this.#silence();
    redis.disconnect();
    this.#connections.get(redis)?.cut();
  }

  #silence(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    this.listener.onSilence();
  }

  #openLater(): void {
    if (this.#isClosed) return;
    this.#pause = setTimeout(() => void this.#open(), pauseBefore(++this.#attempts));
  }
}
