import type { Callback, Redis } from 'ioredis';
import { mistrust, notNow } from '../../wire/server-errors.js';
import { isReply } from './driver-errors.js';

/**
 * Lets the driver accept a server that does not report its state: the user may not send `INFO`, or it is a proxy that
 * does not know the command. The driver would reconnect forever, or print a warning each time.
 */
export function letInfoBeRefused(redis: Redis): void {
  const info: Redis['info'] = redis.info.bind(redis);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver calls it with a callback only; other calls pass through
  redis.info = ((...args: [Callback<string>]) => {
    const [done] = args;
    // Commands of users do not arrive here: they wait until the connection is ready.
    if (redis.status !== 'connect' || typeof done !== 'function') return info(...args);
    return info((error, text) => {
      if (error && !isRefused(error)) return done(error);
      // Behind Sentinels the driver looks for the role in the reply, whatever the reply is.
      return done(null, typeof text === 'string' ? text : '');
    });
  }) as Redis['info'];
}

const isRefused = (error: Error): boolean =>
  isReply(error) && !notNow.test(error.message) && (/^NOPERM\b/.test(error.message) || !mistrust.test(error.message));
