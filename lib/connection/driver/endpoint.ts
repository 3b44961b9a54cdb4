import type { Redis, RedisOptions } from 'ioredis';
import { type Logins, loginsOf } from './log-in.js';
import { nameOfServer, placeOf } from './peer.js';

/** How to open any further connection to a server. */
export interface Endpoint extends Logins {
  readonly options: RedisOptions;
}

/** The same server with other driver options. */
export const changed = (endpoint: Endpoint, options: RedisOptions): Endpoint => ({
  ...endpoint,
  options: { ...endpoint.options, ...options },
});

/** For one more connection like this one, no matter who opened it. */
export const endpointOf = (redis: Redis): Endpoint => ({ options: redis.options, ...loginsOf(redis) });

/** For one more connection to the server that this one currently leads to, in its first database. */
export function endpointOfPeer(redis: Redis): Endpoint {
  const { options } = redis;
  const address = options.path ? {} : placeOf(redis);
  // A certificate is issued for the name, not for the address behind it.
  const tls = options.tls && { ...options.tls, servername: options.tls.servername ?? nameOfServer(redis) };
  const alone = { sentinels: undefined, name: undefined, readOnly: false, db: 0 };
  return changed({ options, login: loginsOf(redis).login }, { ...address, tls, ...alone });
}
