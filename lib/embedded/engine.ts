import { Client, type Outbox } from './client.js';
import type { Bytes } from './bytes.js';
import { Database } from './database.js';
import { Eviction, type EvictionOptions } from './eviction.js';
import { Scripts } from './lua/scripts.js';
import { PubSub } from './pubsub.js';
import { MemorySession } from './session.js';
import { Tracking } from './tracking.js';

export interface MemoryEngineOptions extends EvictionOptions {
  /** The time in milliseconds since 1970; expiries follow it. `Date.now` when left out. */
  readonly clock?: () => number;
}

const DATABASES = 16;
/** One command in so many sweeps expired keys. */
const SWEEP_EVERY = 8;

/**
 * Redis 7.0's commands inside this process: databases, pub/sub and scripts, shared by all sessions connected to it.
 *
 * There is no server and no timer: commands run where they are called, keys expire when they are next looked at or when
 * the sweep, which every few commands goes on a little, comes by.
 */
export class MemoryEngine {
  private static readonly engines = new Map<string, MemoryEngine>();

  readonly startedAt: number;
  readonly databases: readonly Database[];
  readonly eviction: Eviction;
  readonly pubsub = new PubSub();
  readonly tracking = new Tracking();
  readonly scripts = new Scripts();
  readonly clients = new Map<number, Client>();
  readonly stats = { commands: 0, hits: 0, misses: 0, expired: 0, evicted: 0 };
  /** The time at which the command under way began, in milliseconds. */
  now: number;
  /** How many began before it in the same millisecond. */
  sameMoment = 0;
  /** Whose command is under way. */
  current: Client | undefined;
  private readonly clock: () => number;
  private readonly signalled = new Map<Database, Set<Bytes>>();
  private lastClientId = 0;
  private name: string | undefined;

  constructor({ clock = Date.now, ...limits }: MemoryEngineOptions = {}) {
    this.clock = clock;
    this.now = Math.trunc(clock());
    this.startedAt = this.now;
    this.eviction = new Eviction(limits);
    this.databases = Array.from({ length: DATABASES }, (_, index) => new Database(this, index));
  }

  /** The engine of that name in this process; the first caller's options count, until its last session is closed. */
  static named(name: string, options?: MemoryEngineOptions): MemoryEngine {
    const engine = this.engines.get(name) ?? new MemoryEngine(options);
    engine.name = name;
    this.engines.set(name, engine);
    return engine;
  }

  connect(): MemorySession {
    return new MemorySession(this);
  }

  database(index: number): Database {
    const database = this.databases[index];
    if (!database) throw new RangeError(`there is no database ${index}`);
    return database;
  }

  register(outbox: Outbox): Client {
    const client = new Client(this, ++this.lastClientId, outbox);
    this.clients.set(client.id, client);
    return client;
  }

  release(client: Client): void {
    client.reset();
    this.clients.delete(client.id);
    if (this.clients.size === 0 && this.name !== undefined) MemoryEngine.engines.delete(this.name);
  }

  /** Before every command, transaction or script. */
  begin(client: Client): void {
    const now = Math.trunc(this.clock());
    this.sameMoment = now === this.now ? this.sameMoment + 1 : 0;
    this.now = now;
    this.current = client;
    this.stats.commands++;
  }

  /** After every command, transaction or script: whoever waited for what it wrote has a turn. */
  end(client: Client): void {
    this.serveBlocked();
    this.stats.evicted += this.eviction.enforce(this.databases);
    if (this.stats.commands % SWEEP_EVERY === 0) client.db.sweep();
    if (this.tracking.isActive) this.tracking.flush();
    this.current = undefined;
  }

  /** Somebody is blocked on a key that has just changed. */
  signal(database: Database, key: Bytes): void {
    const keys = this.signalled.get(database) ?? new Set();
    this.signalled.set(database, keys.add(key));
  }

  private serveBlocked(): void {
    while (this.signalled.size > 0) {
      const signalled = [...this.signalled];
      this.signalled.clear();
      for (const [database, keys] of signalled) {
        for (const key of keys) database.blocking.serve(key);
      }
    }
  }
}
