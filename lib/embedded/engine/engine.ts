import { Database, type DatabaseHost } from '../database/database.js';
import { Eviction, type EvictionOptions } from '../database/eviction.js';
import { type Reader, Tracking } from '../database/tracking.js';
import { Scripts } from '../lua/scripts.js';
import type { Bytes } from '../protocol/bytes.js';
import { PubSub } from './pubsub.js';

export interface EngineOptions extends EvictionOptions {
  /** The time in milliseconds since 1970, on which expiries depend; `Date.now` if omitted. */
  readonly clock?: () => number;
}

const databaseCount = 16;
/** Every eighth command sweeps expired keys. */
const sweepEvery = 8;

/** What all clients of a server share: databases, pub/sub, scripts and the clock. */
export class Engine implements DatabaseHost {
  readonly startedAt: number;
  readonly databases: readonly Database[];
  readonly eviction: Eviction;
  readonly pubsub = new PubSub();
  readonly tracking = new Tracking();
  readonly scripts = new Scripts();
  readonly stats = { commands: 0, hits: 0, misses: 0, expired: 0, evicted: 0 };
  /** When the running command began, in milliseconds. */
  now: number;
  /** How many commands began before it in the same millisecond. */
  sameMoment = 0;
  /** The client whose command is running. */
  current: Reader | undefined;
  private readonly clock: () => number;
  private readonly signalled = new Map<Database, Set<Bytes>>();

  constructor({ clock = Date.now, ...limits }: EngineOptions = {}) {
    this.clock = clock;
    this.now = Math.trunc(clock());
    this.startedAt = this.now;
    this.eviction = new Eviction(limits);
    this.databases = Array.from({ length: databaseCount }, (_, index) => new Database(this, index));
  }

  database(index: number): Database {
    const database = this.databases[index];
    if (!database) throw new RangeError(`there is no database ${index}`);
    return database;
  }

  /** Must precede every command, transaction or script. */
  begin(client: Reader): void {
    const now = Math.trunc(this.clock());
    this.sameMoment = now === this.now ? this.sameMoment + 1 : 0;
    this.now = now;
    this.current = client;
    this.stats.commands++;
  }

  /** Must follow every command, transaction or script. Serves the clients that waited for what it wrote. */
  end(database: Database): void {
    this.serveBlocked();
    this.stats.evicted += this.eviction.enforce(this.databases);
    if (this.stats.commands % sweepEvery === 0) database.sweep();
    if (this.tracking.isActive) this.tracking.flush();
    this.current = undefined;
  }

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
