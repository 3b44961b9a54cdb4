import type { Redis, RedisOptions } from 'ioredis';
import { type Logins, loginsOf } from './log-in.js';
import { nameOfServer, placeOf } from './peer.js';

/** What connections to a server are opened with, whoever opens one more. */
export interface Endpoint extends Logins {
  readonly options: RedisOptions;
}

/** The same server by other options of the driver. */
export const changed = (endpoint: Endpoint, options: RedisOptions): Endpoint => ({
  ...endpoint,
  options: { ...endpoint.options, ...options },
});

/** For one more connection as this one is, whoever has made it. */
export const endpointOf = (redis: Redis): Endpoint => ({ options: redis.options, ...loginsOf(redis) });

/** For one more connection to the server that this one is to at the moment, in its first database. */
export function endpointOfPeer(redis: Redis): Endpoint {
  const { options } = redis;
  const address = options.path ? {} : placeOf(redis);
  // The certificate is for the name, not for the address behind it.
  const tls = options.tls && { ...options.tls, servername: options.tls.servername ?? nameOfServer(redis) };
  const alone = { sentinels: undefined, name: undefined, readOnly: false, db: 0 };
  return changed({ options, login: loginsOf(redis).login }, { ...address, tls, ...alone });
}
