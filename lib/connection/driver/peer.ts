import type { Socket } from 'node:net';
import type { Redis } from 'ioredis';
import { streamOf } from './internals.js';

/** The server that a connection is to at the moment, whatever found it: `address:port`, or the path of its socket. */
export function peerOf(redis: Redis): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the driver calls a stream is a socket; a stand-in has no address
  const { remoteAddress, remotePort } = (streamOf(redis) ?? {}) as Partial<Socket>;
  return redis.options.path ?? `${remoteAddress}:${remotePort}`;
}
