import { serverFields } from '../wire/server-info.js';
import type { CachexStats, ServerNode, Topology, Version } from '../index.js';
import type { AdminCache } from './admin-caches.js';

/** A server that holds keys. */
export interface ServerView {
  readonly address: string;
  /** Keys of the database, including keys of other programs. */
  readonly keys: number;
  /** Fields of the reply to INFO. */
  readonly info: Readonly<Record<string, string>>;
}

export interface CacheSummary {
  readonly name: string;
  readonly keyPrefix: string;
  readonly version: Version;
  readonly hasScopes: boolean;
  /** `'custom'` if the application's own pool does not report its topology. */
  readonly topology: Topology | 'custom';
  readonly stats: CachexStats;
}

export interface CacheView extends CacheSummary {
  readonly servers: readonly ServerView[];
}

export async function summaryOf({ name, hasScopes, cache, pool }: AdminCache): Promise<CacheSummary> {
  return { name, ...cache.toJSON(), hasScopes, topology: pool.topology ?? 'custom', stats: await cache.stats() };
}

export async function cacheViewOf(cache: AdminCache): Promise<CacheView> {
  const nodes = await cache.pool.primaries();
  const [summary, servers] = await Promise.all([summaryOf(cache), Promise.all(nodes.map(serverViewOf))]);
  return { ...summary, servers };
}

async function serverViewOf(node: ServerNode): Promise<ServerView> {
  const [info, keys] = await Promise.all([
    serverFields(node),
    node.send({ name: 'DBSIZE', args: [], access: 'read' }).catch(() => undefined),
  ]);
  return { address: node.address, keys: Number(keys ?? NaN), info: Object.fromEntries(info) };
}
