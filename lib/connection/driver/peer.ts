import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Redis, RedisOptions } from 'ioredis';

/** The server that a connection is to at the moment, whatever found it: `address:port`, or the path of its socket. */
export function peerOf({ options, stream }: Redis): string {
  const { remoteAddress, remotePort } = (stream ?? {}) as Partial<Socket>;
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
