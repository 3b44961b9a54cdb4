import { Redis, type RedisOptions } from 'ioredis';
import type { ChannelListener, Subscription } from './connection-pool.js';
import { isReply } from './driver-errors.js';
import { pauseBefore } from './redis-options.js';

/** A {@link ChannelListener} of messages that need not be texts: an invalidation is a list of keys. */
export interface MessageListener<Message> extends Omit<ChannelListener, 'onMessage'> {
  onMessage(message: Message): void;
  /** The server does not let this client listen; it is asked again and again, unless the subscription is closed now. */
  onRefusal?(error: Error): void;
}

/**
 * A connection that listens to one channel. When it breaks, another is opened, to whatever server there is then: on a
 * cluster every node tells of every message, and so do replicas.
 */
export class RedisSubscription<Message = Buffer> implements Subscription {
  #redis: Redis | undefined;
  #pause: NodeJS.Timeout | undefined;
  #attempts = 0;
  #isClosed = false;

  constructor(
    private readonly server: () => RedisOptions | Promise<RedisOptions>,
    private readonly channel: string,
    private readonly listener: MessageListener<Message>,
    /** Done before the channel is subscribed to: no command is taken after that. */
    private readonly prepare: (redis: Redis) => Promise<void> = async () => undefined,
  ) {
    void this.#open();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#pause);
    this.#redis?.disconnect();
  }

  async #open(): Promise<void> {
    try {
      const options = await this.server();
      if (this.#isClosed) return;
      await this.#listen(new Redis({ ...options, lazyConnect: true, autoResubscribe: false, retryStrategy: null }));
      this.#attempts = 0;
      this.listener.onListening();
    } catch {
      // Outages are told of by the shared connections.
      this.#redis?.disconnect();
      this.#openLater();
    }
  }

  async #listen(redis: Redis): Promise<void> {
    this.#redis = redis;
    redis.on('error', () => undefined);
    redis.on('messageBuffer', (_channel, message: Message) => this.listener.onMessage(message));
    await redis.connect();
    await this.#subscribe(redis);
    redis.once('end', () => {
      this.listener.onSilence();
      this.#openLater();
    });
  }

  async #subscribe(redis: Redis): Promise<void> {
    try {
      await this.prepare(redis);
      await redis.subscribe(this.channel);
    } catch (error) {
      if (isReply(error) && !this.#isClosed) this.listener.onRefusal?.(error as Error);
      throw error;
    }
  }

  #openLater(): void {
    if (this.#isClosed) return;
    this.#pause = setTimeout(() => void this.#open(), pauseBefore(++this.#attempts));
  }
}
