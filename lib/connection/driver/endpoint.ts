import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Redis, type RedisOptions } from 'ioredis';
import { hearSentinels } from './announced-server.js';
import { askSentinelsFromTheFirst, streamOf } from './internals.js';
import { logIn, type Logins, loginsOf } from './log-in.js';

/** What connections to a server are opened with, whoever opens one more. */
export interface Endpoint extends Logins {
  readonly options: RedisOptions;
}

/** The driver's client of a server: all that the library makes are made here. */
export function openRedis({ options, ...logins }: Endpoint): Redis {
  const redis = options.sentinels ? openNamed(options) : new Redis(options);
  logIn(redis, logins);
  return redis;
}

/** One that Sentinels name. */
function openNamed(options: RedisOptions): Redis {
  const redis: Redis = new Redis({ ...options, natMap: hearSentinels(() => redis, options.natMap) });
  redis.on('ready', () => askSentinelsFromTheFirst(redis));
  return redis;
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
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a connection that is open has a socket, with or without TLS
  const { remoteAddress, remotePort, servername } = streamOf(redis) as Socket & Pick<TLSSocket, 'servername'>;
  const address = options.path ? {} : { host: remoteAddress, port: remotePort };
  // The certificate is for the name, not for the address behind it.
  const tls = options.tls && { ...options.tls, servername: options.tls.servername ?? (servername || undefined) };
  const alone = { sentinels: undefined, name: undefined, readOnly: false, db: 0 };
  return changed({ options, login: loginsOf(redis).login }, { ...address, tls, ...alone });
}
