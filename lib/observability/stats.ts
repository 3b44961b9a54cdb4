import type { ConnectionPool } from '../wire/connection-pool.js';
import { serverFields, valuesOf } from '../wire/server-info.js';

/** The statistics of local copies. @publicApi */
export interface LocalStats {
  /** Keys answered from them; part of {@link CachexStats.hits}, unless the entry was invalidated by a tag. */
  readonly hits: number;
  /** The current number of copies. */
  readonly entries: number;
  /** Their approximate size. */
  readonly bytes: number;
  /** Copies that were dropped to make room. */
  readonly evictions: number;
}

/** The statistics of subscriptions, including `@Subscribe`; each counts separately. @publicApi */
export interface PubSubStats {
  /** Open subscriptions, whether they listen or wait for a server. */
  readonly subscriptions: number;
  /** Messages received, including those that were dropped or failed later. */
  readonly received: number;
  /** Messages that were dropped because a listener was too slow. */
  readonly dropped: number;
  /** Messages that could not be read, or whose listener failed. */
  readonly failures: number;
  /** How often messages may have been missed because the connection was lost or replaced. */
  readonly gaps: number;
}

/** Counted in this process since the cache was created. */
export interface Counted {
  /** Keys that `get`, `getMany` and `getOrSet` found, with a valid value, which may be `null`. */
  readonly hits: number;
  /** Keys that they did not find: missing, invalidated by a tag, past their timeout, or due for early recomputation. */
  readonly misses: number;
  /** Of the misses, those that `getOrSet` answered with a stale copy (`grace`). */
  readonly stale: number;
  /** Commands that failed, including errors hidden by `ignoreExceptions`; neither hits nor misses. */
  readonly errors: number;
  /**
   * Values that did not match the schema of a call: stored ones, which are misses, and new ones, which are not stored.
   */
  readonly mismatches: number;
  /**
   * Entries and fields that this process cannot read: of another serializer or compressor, or damaged. They are misses
   * for `getOrSet` and `@Cacheable`, which reload them, and errors for all other calls.
   */
  readonly unreadable: number;
  /** Of `subscribe`, `psubscribe` and `@Subscribe`. */
  readonly pubsub: PubSubStats;
  /** With `tracking`. */
  readonly local?: LocalStats;
}

/** The statistics of a cache's servers, over all of their clients. */
interface ServerStats {
  /**
   * Keys that the servers have evicted for lack of memory since they started, of all programs; `undefined` if they do
   * not answer, or may not be asked.
   */
  readonly evictions: number | undefined;
  /** Memory in use, of all primaries of a cluster together; `undefined` as above. */
  readonly bytes: number | undefined;
}

/** The statistics of a cache. @publicApi */
export interface CachexStats extends Counted, ServerStats {}

/** The counters show an outage, so it must not hide them. */
export async function serverStats(pool: ConnectionPool): Promise<ServerStats> {
  try {
    const nodes = await pool.primaries();
    const replies = await Promise.all(nodes.map((node) => serverFields(node)));
    const totalOf = (field: string): number | undefined => {
      const values = valuesOf(replies, field);
      const total = values.reduce((sum, value) => sum + Number(value), 0);
      return values.length === 0 || Number.isNaN(total) ? undefined : total;
    };
    return { evictions: totalOf('evicted_keys'), bytes: totalOf('used_memory') };
  } catch {
    return { evictions: undefined, bytes: undefined };
  }
}
