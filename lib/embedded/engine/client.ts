import type { Bytes } from '../protocol/bytes.js';
import type { Database } from '../database/database.js';
import type { Reader } from '../database/tracking.js';
import { type Subscriber, unsubscribe } from './pubsub.js';
import type { Answer } from '../protocol/reply.js';
import type { Watcher } from '../database/watchers.js';
import type { Engine } from './engine.js';

/** A command that waits for EXEC. */
export interface QueuedCall {
  readonly needsLua: boolean;
  run(): Answer;
}

/** An open transaction (MULTI). */
export interface Transaction {
  readonly calls: QueuedCall[];
  /** A command could not be queued, so EXEC will fail. */
  isAborted: boolean;
}

/** Where a client's messages go. */
export interface Outbox {
  message(channel: Bytes, message: Bytes, pattern?: Bytes): void;
  /** Keys that changed since they were read; null means all keys. */
  invalidate(keys: readonly Bytes[] | null): void;
}

/** The engine's view of one connection. */
export class Client implements Watcher, Subscriber, Reader {
  db: Database;
  name: Bytes = '';
  transaction: Transaction | undefined;
  readonly channels = new Set<Bytes>();
  readonly patterns = new Set<Bytes>();
  readonly shardChannels = new Set<Bytes>();
  /** Ends the blocked command with an answer; `undefined` while none is blocked. */
  unblock: ((answer: Answer) => boolean) | undefined;
  /** The name under which a script calls the running command; `undefined` outside scripts. */
  scriptCalls: Bytes | undefined;
  /** True once a watched key has changed. */
  isDirty = false;
  private readonly watched: { readonly db: Database; readonly key: Bytes }[] = [];

  constructor(
    readonly engine: Engine,
    /** Every client of the server by its id. */
    readonly clients: ReadonlyMap<number, Client>,
    readonly id: number,
    private readonly outbox?: Outbox,
  ) {
    this.db = engine.database(0);
  }

  get subscriptionCount(): number {
    return this.channels.size + this.patterns.size;
  }

  /** A subscriber may only subscribe, unsubscribe and the like. */
  get isSubscriber(): boolean {
    return this.subscriptionCount + this.shardChannels.size > 0;
  }

  watch(key: Bytes): void {
    this.db.watch(key, this);
    this.watched.push({ db: this.db, key });
  }

  unwatch(): void {
    for (const { db, key } of this.watched) db.unwatch(key, this);
    this.watched.length = 0;
    this.isDirty = false;
  }

  /** Counts watched keys that have expired as changed. */
  checkWatched(): void {
    for (const { db, key } of this.watched) db.has(key);
  }

  keyChanged(): void {
    this.isDirty = true;
  }

  deliver(channel: Bytes, message: Bytes, pattern?: Bytes): void {
    this.outbox?.message(channel, message, pattern);
  }

  invalidate(keys: readonly Bytes[] | null): void {
    if (this.channels.has('__redis__:invalidate')) this.outbox?.invalidate(keys);
  }

  /** Resets everything but the connection itself (RESET). */
  reset(): void {
    const { pubsub, tracking } = this.engine;
    this.transaction = undefined;
    this.unwatch();
    for (const channel of this.channels) unsubscribe(pubsub.channels, channel, this);
    for (const pattern of this.patterns) unsubscribe(pubsub.patterns, pattern, this);
    for (const channel of this.shardChannels) unsubscribe(pubsub.shardChannels, channel, this);
    this.channels.clear();
    this.patterns.clear();
    this.shardChannels.clear();
    tracking.disable(this);
    this.db = this.engine.database(0);
    this.name = '';
  }
}
