import type { Socket } from 'node:net';
import type { Redis } from 'ioredis';
import { streamOf } from './internals.js';

/** The server that a connection is to at the moment, whatever found it: `address:port`, or the path of its socket. */
export function peerOf(redis: Redis): string {
  const { remoteAddress, remotePort } = (streamOf(redis) ?? {}) as Partial<Socket>;
  return redis.options.path ?? `${remoteAddress}:${remotePort}`;
}
