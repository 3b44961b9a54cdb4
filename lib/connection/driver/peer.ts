import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Redis, RedisOptions } from 'ioredis';
import { streamOf } from './internals.js';

/** The server that a connection is to at the moment, whatever found it: `address:port`, or the path of its socket. */
export function peerOf(redis: Redis): string {
  const { remoteAddress, remotePort } = (streamOf(redis) ?? {}) as Partial<Socket>;
  return redis.options.path ?? `${remoteAddress}:${remotePort}`;
}

/** Options of one more connection to the server that a connection is to at the moment. */
export function optionsOfPeer(redis: Redis): RedisOptions {
  const { options } = redis;
  const { remoteAddress, remotePort, servername } = streamOf(redis) as Socket & Pick<TLSSocket, 'servername'>;
  const address = options.path ? {} : { host: remoteAddress, port: remotePort };
  // The certificate is for the name, not for the address behind it.
  const tls = options.tls && { ...options.tls, servername: options.tls.servername ?? (servername || undefined) };
  return { ...options, ...address, tls, sentinels: undefined, name: undefined, readOnly: false, db: 0 };
}
