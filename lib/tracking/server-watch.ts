import { setTimeout as delay } from 'node:timers/promises';
import { errorText } from '../errors/error-text.js';
import { NotSupportedError } from '../errors/index.js';
import { nameOf } from '../arguments/names.js';
import type { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { endpointOfPeer, peerOf } from '../connection/index.js';
import { settled } from '../waiting/settled.js';
import { InvalidationFeed } from './invalidation-feed.js';
import type { LocalCopies } from './local-copies.js';
import { runIdOf } from './server-identity.js';

/** A connection that may answer reads, and its server. */
interface Reader {
  readonly peer: string;
  /** `undefined` until the server has reported it. */
  runId?: string;
}

/** The pause before a server is asked again for its run ID. */
const pauseMs = 100;

const advice =
  'Allow CLIENT TRACKING (and, if the server does not speak RESP3, CLIENT ID, SUBSCRIBE and the channel ' +
  "__redis__:invalidate), limit copies by time alone (coherence: 'ttl'), or turn tracking off";

/**
 * Listens to the servers that may answer reads. Local copies are used only while each of them reports every change: a
 * single server that does not makes any copy doubtful.
 */
export class ServerWatch {
  // Not `private`: inspection would show the options of the connections, including passwords.
  readonly #readers = new Map<Redis, Reader>();
  /** By peer. */
  private readonly feeds = new Map<string, InvalidationFeed>();
  private readonly refusing = new Set<string>();
  /** The first refusal. */
  private refusal: string | undefined;
  private onOutcome: (() => void) | undefined;
  private isClosed = false;

  constructor(
    private readonly copies: LocalCopies,
    private readonly prefix: string,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Watches a connection that comes and goes. */
  follow(redis: Redis): void {
    redis.on('ready', () => void this.opened(redis));
    redis.on('close', () => this.lost(redis));
    if (redis.status === 'ready') void this.opened(redis);
  }

  /**
   * Resolves when all servers report changes, or the time is over.
   *
   * @throws NotSupportedError if one of them refuses
   */
  async heard(ms: number): Promise<void> {
    const outcome = new Promise<void>((resolve) => (this.onOutcome = resolve));
    if (!this.copies.isActive && this.refusal === undefined) await settled(outcome, ms);
    if (this.refusal !== undefined) {
      throw new NotSupportedError(`tracking with coherence 'server' cannot start: ${this.refusal}. ${advice}`);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.copies.pause();
    this.#readers.clear();
    await Promise.all([...this.feeds.values()].map((feed) => feed.close()));
    this.feeds.clear();
  }

  /** It may lead to another server than before, whose changes were missed. */
  private async opened(redis: Redis): Promise<void> {
    if (this.isClosed) return;
    this.copies.pause();
    const reader: Reader = { peer: peerOf(redis) };
    this.#readers.set(redis, reader);
    if (!this.feeds.has(reader.peer)) this.feeds.set(reader.peer, this.feedOf(redis, reader.peer));
    await this.identify(redis, reader);
    this.decide();
  }

  private async identify(redis: Redis, reader: Reader): Promise<void> {
    // A broken connection will be replaced; a server that answers slowly is asked again.
    while (redis.status === 'ready' && this.#readers.get(redis) === reader) {
      reader.runId = await runIdOf(redis.info('server')).catch(() => undefined);
      if (reader.runId !== undefined) return;
      await delay(pauseMs, undefined, { ref: false });
    }
  }

  private lost(redis: Redis): void {
    const reader = this.#readers.get(redis);
    if (!reader) return;
    this.copies.pause();
    this.#readers.delete(redis);
    if ([...this.#readers.values()].some(({ peer }) => peer === reader.peer)) return this.decide();
    void this.feeds.get(reader.peer)?.close();
    this.feeds.delete(reader.peer);
    this.decide();
  }

  private feedOf(redis: Redis, peer: string): InvalidationFeed {
    return new InvalidationFeed(endpointOfPeer(redis), this.prefix, {
      onChange: (keys) => this.changed(keys),
      onListening: () => this.decide(),
      onSilence: () => this.decide(),
      onRefusal: (error) => this.refused(peer, error),
    });
  }

  private changed(keys: readonly Buffer[] | null): void {
    this.copies.reported += keys?.length ?? 1;
    if (keys === null) return this.copies.forgetAll();
    for (const key of keys) this.copies.forget(nameOf(key));
  }

  private decide(): void {
    const readers = [...this.#readers.values()];
    // Several servers may be behind one address: then the reports of one say nothing about the others.
    const isHeard = ({ peer, runId }: Reader): boolean => runId !== undefined && this.feeds.get(peer)?.runId === runId;
    if (readers.length === 0 || !readers.every(isHeard)) return this.copies.pause();
    this.copies.resume();
    this.onOutcome?.();
  }

  private refused(peer: string, error: unknown): void {
    if (this.refusing.has(peer)) return;
    this.refusing.add(peer);
    const refusal = `${peer} does not report changes (${errorText(error)})`;
    this.refusal ??= refusal;
    this.onOutcome?.();
    this.logger.warn(`Local copies are off, and values are read from the servers: ${refusal}. ${advice}`);
  }
}
