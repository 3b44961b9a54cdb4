import type { Duplex } from 'node:stream';
import type { Redis } from 'ioredis';
import { connectorOf } from './internals.js';

export type DataListener = (chunk: Buffer) => void;

/**
 * Finds the listener with which the driver reads a connection, before any data arrives: the first one added to the
 * stream while the driver sets the connection up. Its position among the listeners proves nothing, since others may be
 * added before or after it. If a driver reads in another way, no listener is found and the driver keeps reading.
 */
export function onDriverListening(
  redis: Redis,
  found: (stream: Duplex, listener: DataListener) => void,
  onAttempt: () => void,
): void {
  const connector = connectorOf(redis);
  const connect = connector?.connect;
  if (!connector || typeof connect !== 'function') return;
  let stopLooking: (() => void) | undefined;
  // The driver emits this once it has set the connection up.
  redis.prependListener('connect', () => stopLooking?.());
  connector.connect = async (...args) => {
    stopLooking?.();
    onAttempt();
    const stream = await connect.apply(connector, args);
    // The driver hears the first error only, and a second one would end the process: a TLS socket may report the
    // server's alert after its own refusal of the certificate.
    stream.on('error', () => undefined);
    stopLooking = look(redis, stream, found);
    return stream;
  };
}

function look(redis: Redis, stream: Duplex, found: (stream: Duplex, listener: DataListener) => void): () => void {
  const onAdded = (event: string | symbol, listener: DataListener): void => {
    if (event !== 'data' || redis.status === 'connecting') return;
    stop();
    // Sends the driver's greeting in one write: if the server hangs up, a second write would fail before the server's
    // last words are read.
    stream.cork();
    process.nextTick(() => {
      if (stream.listenerCount('readable') === 0) found(stream, listener);
      // Behind all microtasks: ioredis 5 awaits its own version, which it keeps in memory, before it sends it.
      queueMicrotask(() => process.nextTick(() => stream.uncork()));
    });
  };
  const stop = (): void => void stream.off('newListener', onAdded);
  stream.on('newListener', onAdded);
  return stop;
}
