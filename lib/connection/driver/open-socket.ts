import { connect as connectPlainly, type Socket } from 'node:net';
import { connect as connectByTls } from 'node:tls';
import type { RedisOptions } from 'ioredis';
import { onAbort } from '../../waiting/on-abort.js';

/** Opens a socket as the driver does for the same options; resolves as soon as it is writable. */
export async function openSocket(options: RedisOptions, signal: AbortSignal): Promise<Socket> {
  const { tls, connectTimeout = 10_000, keepAlive = 0, noDelay = true } = options;
  const socket = await begin(options);
  let timer: NodeJS.Timeout | undefined;
  let stopListening: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('close', () => reject(new Error('the server closed the connection')));
      socket.on('error', reject);
      const late = new Error(`no connection within ${connectTimeout} ms`);
      timer = setTimeout(() => socket.destroy(late), connectTimeout);
      stopListening = onAbort(signal, () => socket.destroy());
      if (socket.connecting) socket.once(tls ? 'secureConnect' : 'connect', resolve);
      else resolve();
    });
  } finally {
    clearTimeout(timer);
    stopListening?.();
  }
  if (keepAlive > 0) socket.setKeepAlive(true, keepAlive);
  return socket.setNoDelay(noDelay);
}

async function begin(options: RedisOptions): Promise<Socket> {
  const { Connector, path, host, port = 6379, family, tls } = options;
  if (Connector) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's stream is a socket
    return (await new Connector(options).connect(() => undefined)) as Socket;
  }
  const address = path ? { path } : { host, port, family };
  return tls ? connectByTls({ ...address, ...tls }) : connectPlainly(address);
}
