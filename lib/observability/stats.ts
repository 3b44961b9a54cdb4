import type { ConnectionPool } from '../wire/connection-pool.js';
import { serverFields, valuesOf } from '../wire/server-info.js';

/** What local copies have come to. @publicApi */
export interface LocalStats {
  /** Keys that were answered from them; part of {@link CachexStats.hits}, unless the entry was invalidated by a tag. */
  readonly hits: number;
  /** Copies there are. */
  readonly entries: number;
  /** About what they take. */
  readonly bytes: number;
  /** Copies that were dropped for want of room. */
  readonly evictions: number;
}

/** What subscriptions have come to, those of `@Subscribe` as well; each of them counts for itself. @publicApi */
export interface PubSubStats {
  /** Those that are open now, whether they listen or wait for a server. */
  readonly subscriptions: number;
  /** Messages that came, also those that were dropped or failed then. */
  readonly received: number;
  /** Messages that were dropped, as a listener was too slow. */
  readonly dropped: number;
  /** Messages that could not be read, or whose listener failed. */
  readonly failures: number;
  /** How often messages may have been missed, as the connection was lost or replaced. */
  readonly gaps: number;
}

/** What was counted in this process since the cache was made. */
export interface Counted {
  /** Keys that `get`, `getMany` and `getOrSet` have found: with a value that counts, be it `null`. */
  readonly hits: number;
  /** Keys that they have not found: not there, invalidated by a tag, over, or due for early recomputation. */
  readonly misses: number;
  /** Of the misses, those of `getOrSet` that were answered with the old value (`grace`). */
  readonly stale: number;
  /** Commands that failed, also those whose errors `ignoreExceptions` hides; neither hits nor misses. */
  readonly errors: number;
  /** Values that did not match the schema of a call: stored ones, which are misses, and made ones, which are not stored. */
  readonly mismatches: number;
  /**
   * Entries and fields that nobody here can read: of another serializer or compressor, or damaged. They are misses for
   * `getOrSet` and `@Cacheable`, which make them anew, and errors for all others.
   */
  readonly unreadable: number;
  /** Of `subscribe`, `psubscribe` and `@Subscribe`. */
  readonly pubsub: PubSubStats;
  /** With `tracking`. */
  readonly local?: LocalStats;
}

/** What the servers of a cache tell, for all who use them. */
interface ServerStats {
  /**
   * Keys that the servers have dropped for want of memory since they started, whoever wrote them; `undefined` where they
   * do not answer, or may not be asked.
   */
  readonly evictions: number | undefined;
  /** Memory that the servers use, all primaries of a cluster together; `undefined` as above. */
  readonly bytes: number | undefined;
}

/** What a cache has come to. @publicApi */
export interface CachexStats extends Counted, ServerStats {}

/** An outage is told by what was counted; it is no reason to tell nothing. */
export async function serverStats(pool: ConnectionPool): Promise<ServerStats> {
  try {
    const nodes = await pool.primaries();
    const replies = await Promise.all(nodes.map((node) => serverFields(node)));
    const sum = (field: string): number | undefined => {
      const values = valuesOf(replies, field);
      return values.length === 0 ? undefined : values.reduce((total, value) => total + Number(value), 0);
    };
    return { evictions: sum('evicted_keys'), bytes: sum('used_memory') };
  } catch {
    return { evictions: undefined, bytes: undefined };
  }
}
