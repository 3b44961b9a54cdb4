import type { Callback, Redis } from 'ioredis';
import { isReply, mistrust, notNow } from './driver-errors.js';

/** What the driver asks a server that it has connected to: the name of a method of its own. */
const ask = '_readyCheck';

interface ReadyCheck {
  [ask]?: (done: Callback<unknown>) => void;
}

/**
 * Lets the driver take a server for ready that does not say how it is: its user may not ask (`INFO`), or it is a proxy
 * that does not know the question. The driver would connect anew for ever, or print a warning each time.
 */
export function letInfoBeRefused(redis: Redis): void {
  const driver = redis as unknown as ReadyCheck;
  const check = driver[ask];
  if (typeof check !== 'function') return;
  const info = (done: Callback<string>): Promise<string> =>
    redis.info((error, text) => {
      if (error && !isRefused(error)) return done(error);
      // Behind Sentinels the driver looks for the role in it, whatever it is.
      return done(null, typeof text === 'string' ? text : '');
    });
  const asking = Object.create(redis, { info: { value: info } }) as Redis;
  driver[ask] = (done) => check.call(asking, done);
}

const isRefused = (error: Error): boolean =>
  isReply(error) && !notNow.test(error.message) && (/^NOPERM\b/.test(error.message) || !mistrust.test(error.message));
