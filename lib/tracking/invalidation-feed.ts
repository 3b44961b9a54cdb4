import type { Redis } from 'ioredis';
import { type Endpoint, RedisSubscription } from '../connection/index.js';
import { runIdOf } from './server-identity.js';

/** Where the server publishes what has changed to connections of the older protocol. */
const channel = '__redis__:invalidate';

/** How long to leave a server alone that has refused. */
const refusedMs = 60_000;

/** Who is told what changes on a server. */
export interface FeedListener {
  /** Wire keys; `null`: all of them. */
  onChange(keys: readonly Buffer[] | null): void;
  /** From here on every change is told. */
  onListening(): void;
  /** Changes may be missed from here on. */
  onSilence(): void;
  /** The server does not let this client listen. */
  onRefusal(error: Error): void;
}

/**
 * A connection on which one server tells of every change of a key with a prefix (`CLIENT TRACKING … BCAST`), restored
 * whenever it breaks. It redirects to itself, so that the connections that read have nothing to do with it.
 */
export class InvalidationFeed {
  // Not by the keyword private: inspection would show the options, with passwords in them.
  readonly #endpoint: Endpoint;
  /** Which server it is that tells; `undefined` while none does. */
  runId: string | undefined;
  #foundId: string | undefined;
  #subscription: RedisSubscription<Buffer[] | null> | undefined;
  #pause: NodeJS.Timeout | undefined;

  /** @param prefix of the keys; all of them where it is empty */
  constructor(
    endpoint: Endpoint,
    private readonly prefix: string,
    private readonly listener: FeedListener,
  ) {
    this.#endpoint = endpoint;
    this.#open();
  }

  async close(): Promise<void> {
    clearTimeout(this.#pause);
    await this.#subscription?.close();
  }

  #open(): void {
    const listener = {
      onMessage: (keys: Buffer[] | null) => this.listener.onChange(keys),
      onListening: () => {
        this.runId = this.#foundId;
        this.listener.onListening();
      },
      onSilence: () => this.#silence(),
      onRefusal: (error: Error) => this.#refused(error),
    };
    this.#subscription = new RedisSubscription(
      () => this.#endpoint,
      channel,
      listener,
      (redis) => this.#arm(redis),
    );
  }

  async #arm(redis: Redis): Promise<void> {
    const id = String(await redis.call('CLIENT', 'ID'));
    const prefix = this.prefix === '' ? [] : ['PREFIX', this.prefix];
    await redis.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', ...prefix);
    this.#foundId = await runIdOf(redis);
    // Where it is not allowed, that is to be known before the first heartbeat.
    await redis.ping();
  }

  #silence(): void {
    this.runId = undefined;
    this.listener.onSilence();
  }

  #refused(error: Error): void {
    void this.#subscription?.close();
    this.#pause = setTimeout(() => this.#open(), refusedMs).unref();
    this.listener.onRefusal(error);
  }
}
