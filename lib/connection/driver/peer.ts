import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Redis, RedisOptions } from 'ioredis';
import { mayLookInside } from './driver-mode.js';
import { streamOf } from './internals.js';
import { addressIn, mapped } from './nat-map.js';
import { namedFor, namedPeers } from './named-servers.js';

type Place = Pick<RedisOptions, 'host' | 'port'>;

/** The server that a connection currently leads to, however it was found: `address:port`, or the path of its socket. */
export function peerOf(redis: Redis): string {
  const { host, port } = placeOf(redis);
  return redis.options.path ?? `${host}:${port}`;
}

/** All names of that server that are known. */
export const peersOf = (redis: Redis): readonly string[] =>
  mayLookInside() ? [peerOf(redis)] : [peerOf(redis), ...namedPeers(redis)];

/** Whether there is a connection, or one is being made to a known server. */
export function isOnItsWay(redis: Redis): boolean {
  if (mayLookInside()) return !(streamOf(redis)?.destroyed ?? true);
  return ['connecting', 'connect', 'ready'].includes(redis.status) && namedFor(redis) !== undefined;
}

/** Without a socket to look at, it is the address that the driver was given. */
export function placeOf(redis: Redis): Place {
  if (mayLookInside()) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's stream is a socket; a test's stand-in has no address
    const { remoteAddress, remotePort } = (streamOf(redis) ?? {}) as Partial<Socket>;
    return { host: remoteAddress, port: remotePort };
  }
  return placeNamed(redis);
}

/** The name that its certificate was checked against; none if it was an address. */
export function nameOfServer(redis: Redis): string | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an open connection has a socket, with or without TLS
  const { servername } = (mayLookInside() ? streamOf(redis) : {}) as Partial<TLSSocket>;
  if (servername) return servername;
  // Node.js checks the host against the certificate, but does not tell the server.
  const { host } = placeNamed(redis);
  return host === undefined || isIP(host) > 0 ? undefined : host;
}

/** The address that the driver was given. */
function placeNamed(redis: Redis): Place {
  const { host, port, natMap, sentinels } = redis.options;
  const name = namedFor(redis);
  if (name === undefined) return sentinels ? {} : { host, port };
  return mapped(name, natMap) ?? addressIn(name);
}
