import type { RedisOptions } from 'ioredis';
import type { ResolvedSentinel } from '../../options/index.js';
import { changed, type Endpoint } from '../driver/endpoint.js';
import { pauseBefore, redisOptions } from '../driver/redis-options.js';
import { heartbeatMs } from '../links/redis-subscription.js';
import type { Servers } from './replicated-pool.js';

/** How the servers are reached that Sentinels name. */
export function namedServers(connection: ResolvedSentinel): Servers {
  const { name, sentinels, sentinelUsername, sentinelPassword, sentinelTls, db, tls, readFrom } = connection;
  const options: RedisOptions = {
    name,
    sentinels: sentinels.map((address) => ({ ...address })),
    sentinelUsername,
    sentinelPassword,
    sentinelTLS: sentinelTls,
    enableTLSForSentinelMode: tls !== undefined,
    // Connecting included: where the host of the primary is gone, a Sentinel may be gone with it, and others know more.
    sentinelCommandTimeout: Math.min(connection.connectTimeoutMs, heartbeatMs),
    sentinelRetryStrategy: pauseBefore,
    db,
    ...redisOptions(connection),
    ...connection.redisOptions,
  };
  const primary = { options };
  return { primary, replicas: readFrom === 'replica' ? [changed(primary, { role: 'slave' })] : [] };
}

/** How the Sentinels themselves are reached. */
export function sentinelEndpoints(connection: ResolvedSentinel): readonly Endpoint[] {
  const { sentinels, sentinelUsername, sentinelPassword, sentinelTls } = connection;
  const options: RedisOptions = {
    ...redisOptions(connection),
    ...{ username: sentinelUsername, password: sentinelPassword, tls: sentinelTls, enableReadyCheck: false },
  };
  return sentinels.map((address) => ({ options: { ...options, ...address } }));
}
