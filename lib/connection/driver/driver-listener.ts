import type { Duplex } from 'node:stream';
import type { Redis } from 'ioredis';
import { connectorOf } from './internals.js';

export type DataListener = (chunk: Buffer) => void;

/**
 * Finds the listener by which the driver reads a connection, before anything has come: the first one that is added to
 * the stream while the driver sets the connection up. By its place among the listeners nobody could tell: others listen,
 * too, before or after it. A driver that reads in another way is not found, and reads for itself.
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
  // The driver tells of the connection when it has set it up.
  redis.prependListener('connect', () => stopLooking?.());
  connector.connect = async (...args) => {
    stopLooking?.();
    onAttempt();
    const stream = await connect.apply(connector, args);
    stopLooking = look(redis, stream, found);
    return stream;
  };
}

function look(redis: Redis, stream: Duplex, found: (stream: Duplex, listener: DataListener) => void): () => void {
  const onAdded = (event: string | symbol, listener: DataListener): void => {
    if (event !== 'data' || redis.status === 'connecting') return;
    stop();
    // What the driver says first leaves in one write: to a server that hangs up, a second one would fail before its
    // words of farewell are read.
    stream.cork();
    process.nextTick(() => {
      stream.uncork();
      if (stream.listenerCount('readable') === 0) found(stream, listener);
    });
  };
  const stop = (): void => void stream.off('newListener', onAdded);
  stream.on('newListener', onAdded);
  return stop;
}
