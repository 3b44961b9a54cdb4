import type { Client } from '../engine/client.js';
import { redisVersion } from '../protocol/version.js';

/** The sections of INFO, in Redis' own format. */
export function info(client: Client, names: readonly string[]): string {
  const wanted = names.map((name) => name.toLowerCase());
  const isAll = wanted.length === 0 || wanted.some((name) => ['all', 'default', 'everything'].includes(name));
  return Object.entries(sections(client))
    .filter(([title]) => isAll || wanted.includes(title.toLowerCase()))
    .map(([title, fields]) => `# ${title}\r\n${lines(fields)}`)
    .join('\r\n');
}

function lines(fields: Record<string, string | number>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('');
}

function sections({ clients, engine }: Client): Record<string, Record<string, string | number>> {
  const { now, startedAt, eviction, stats, databases, pubsub } = engine;
  const { maxBytes, policy, isLimited } = eviction.limits;
  const keyspaces = databases
    .filter((db) => db.size > 0)
    .map((db): [string, string] => [`db${db.index}`, `keys=${db.size},expires=${db.volatileSize},avg_ttl=0`]);
  return {
    Server: {
      redis_version: redisVersion,
      redis_mode: 'standalone',
      process_id: process.pid,
      tcp_port: 0,
      uptime_in_seconds: Math.floor((now - startedAt) / 1000),
    },
    Clients: { connected_clients: clients.size },
    Memory: {
      used_memory: eviction.bytes,
      maxmemory: maxBytes === Infinity ? 0 : maxBytes,
      maxmemory_policy: isLimited ? `allkeys-${policy}` : 'noeviction',
    },
    Persistence: { loading: 0, aof_enabled: 0 },
    Stats: {
      total_commands_processed: stats.commands,
      keyspace_hits: stats.hits,
      keyspace_misses: stats.misses,
      expired_keys: stats.expired,
      evicted_keys: stats.evicted,
      pubsub_channels: pubsub.channels.size,
      pubsub_patterns: pubsub.patterns.size,
    },
    Replication: { role: 'master', connected_slaves: 0, master_repl_offset: 0 },
    Cluster: { cluster_enabled: 0 },
    Keyspace: Object.fromEntries(keyspaces),
  };
}
