import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Redis, RedisOptions } from 'ioredis';
import { isReply } from '../connection/driver-errors.js';

/** The server that a connection is to at the moment, whatever found it: `address:port`, or the path of its socket. */
export function peerOf({ options, stream }: Redis): string {
  const { remoteAddress, remotePort } = stream as Socket;
  return options.path ?? `${remoteAddress}:${remotePort}`;
}

/** Options of one more connection to the server that a connection is to at the moment. */
export function optionsOfPeer({ options, stream }: Redis): RedisOptions {
  const { remoteAddress, remotePort, servername } = stream as Socket & Pick<TLSSocket, 'servername'>;
  const address = options.path ? {} : { host: remoteAddress, port: remotePort };
  // The certificate is for the name, not for the address behind it.
  const tls = options.tls && { ...options.tls, servername: options.tls.servername ?? (servername || undefined) };
  return { ...options, ...address, tls, sentinels: undefined, name: undefined, readOnly: false, db: 0 };
}

/** What tells this run of a server from all others; `''` where the server does not let this client ask. */
export async function runIdOf(redis: Redis): Promise<string> {
  try {
    return /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1] ?? '';
  } catch (error) {
    if (isReply(error)) return '';
    throw error;
  }
}
