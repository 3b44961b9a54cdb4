import { Redis, type RedisOptions } from 'ioredis';
import type { ChannelListener, Subscription } from './connection-pool.js';
import { RedisLink } from './redis-link.js';

/** Outages are told of by the shared connections. */
const silent = { warn: () => undefined, log: () => undefined };

/** A connection that listens to one channel, and again whenever the driver has restored it. */
export class RedisSubscription implements Subscription {
  readonly #link: RedisLink;

  constructor(options: RedisOptions, channel: string, listener: ChannelListener) {
    const redis = new Redis({ ...options, autoResubscribe: false });
    this.#link = new RedisLink(redis, silent);
    redis.on('ready', () => {
      // What is refused or lost is tried again with the next connection.
      redis.subscribe(channel).then(
        () => listener.onListening(),
        () => undefined,
      );
    });
    redis.on('close', () => listener.onSilence());
    redis.on('messageBuffer', (_channel, message: Buffer) => listener.onMessage(message));
    redis.connect().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#link.close();
  }
}
