import type { Logger } from '@nestjs/common';
import type { RedisOptions } from 'ioredis';
import type { ResolvedSentinel, ResolvedServer } from '../../options/resolved.options.js';
import { changed, type Endpoint } from '../driver/endpoint.js';
import type { Login } from '../driver/login.js';
import { loginOf, pauseBefore, redisOptions } from '../driver/redis-options.js';
import { heartbeatMs } from '../links/redis-subscription.js';
import type { Servers } from './replicated-pool.js';

type Log = Pick<Logger, 'warn' | 'log'>;

/** How to reach the servers that Sentinels name. */
export function namedServers(connection: ResolvedSentinel, log: Log): Servers {
  const { name, sentinels, sentinelUsername, sentinelPassword, sentinelTls, db, tls, readFrom } = connection;
  const sentinelLogin = loginOf(ofSentinels(connection), log, 'sentinelCredentials');
  const options: RedisOptions = {
    name,
    sentinels: sentinels.map((address) => ({ ...address })),
    sentinelUsername,
    sentinelPassword,
    sentinelTLS: sentinelTls,
    enableTLSForSentinelMode: tls !== undefined,
    // Includes connecting: if the host of the primary is gone, a Sentinel may be gone with it, and others know more.
    sentinelCommandTimeout: Math.min(connection.connectTimeoutMs, heartbeatMs),
    sentinelRetryStrategy: (attempt) => {
      // The driver asks the Sentinels again and again within one attempt to connect.
      sentinelLogin?.ready(true)?.catch(() => undefined);
      return pauseBefore(attempt);
    },
    db,
    ...redisOptions(connection),
    ...connection.redisOptions,
  };
  const primary: Endpoint = { options, login: loginOf(connection, log), sentinelLogin };
  return { primary, replicas: readFrom === 'replica' ? [changed(primary, { role: 'slave' })] : [] };
}

/** How to reach the Sentinels themselves. */
export function sentinelEndpoints(connection: ResolvedSentinel, login: Login | undefined): readonly Endpoint[] {
  const options: RedisOptions = { ...redisOptions(ofSentinels(connection)), enableReadyCheck: false };
  return connection.sentinels.map((address) => ({ options: { ...options, ...address }, login }));
}

/** Sentinels are servers, too, with a user, a password and TLS of their own. */
const ofSentinels = (connection: ResolvedSentinel): ResolvedServer => ({
  ...connection,
  username: connection.sentinelUsername,
  password: connection.sentinelPassword,
  credentials: connection.sentinelCredentials,
  tls: connection.sentinelTls,
});
