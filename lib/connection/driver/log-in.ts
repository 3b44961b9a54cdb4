import type { Redis, RedisOptions } from 'ioredis';
import { pause } from '../../waiting/pause.js';
import { wrongLogin } from '../../wire/server-errors.js';
import { isReply } from './driver-errors.js';
import { mayLookInside } from './driver-mode.js';
import { prepareToConnect } from './internals.js';
import type { Login } from './login.js';
import { pauseBefore } from './redis-options.js';

/** The login of a connection whose credentials come from a provider. */
export interface Logins {
  readonly login?: Login;
  /** For the Sentinels. */
  readonly sentinelLogin?: Login;
}

const loginsOfClients = new WeakMap<Redis, Logins>();

export const loginsOf = (redis: Redis): Logins => loginsOfClients.get(redis) ?? {};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects a reply only with an error
export const isLoginRefused = (error: unknown): boolean => isReply(error) && wrongLogin.test((error as Error).message);

/**
 * Makes a client of the driver log in with the credentials that its logins provide, no matter who created it: asks them
 * before each attempt to connect, and authenticates again when they are renewed. The driver reads its options on every
 * attempt to connect, through its own `connect`.
 */
export function logIn(redis: Redis, logins: Logins): void {
  const { login, sentinelLogin } = logins;
  if (!login && !sentinelLogin) return;
  loginsOfClients.set(redis, logins);
  lend(redis.options, logins);
  askBeforeConnecting(
    redis,
    [login, sentinelLogin].filter((each) => each !== undefined),
  );
  if (login) renewWhileConnected(redis, login);
  redis.on('error', (error) => {
    if (isLoginRefused(error)) login?.doubt();
  });
  redis.on('sentinelError', (error) => {
    if (isLoginRefused(error)) sentinelLogin?.doubt();
  });
}

/** A copy of the options has the current credentials; a client made from the copy asks again. */
function lend(options: RedisOptions, { login, sentinelLogin }: Logins): void {
  const own = (get: () => string | undefined): PropertyDescriptor => ({ get, enumerable: true, configurable: true });
  if (login) {
    Object.defineProperties(options, { username: own(() => login.username), password: own(() => login.password) });
  }
  if (sentinelLogin) {
    Object.defineProperties(options, {
      sentinelUsername: own(() => sentinelLogin.username),
      sentinelPassword: own(() => sentinelLogin.password),
    });
  }
}

function askBeforeConnecting(redis: Redis, logins: readonly Login[]): void {
  const connect = redis.connect.bind(redis);
  const disconnect = redis.disconnect.bind(redis);
  let wasReady = false;
  let wasLost = false;
  let attempt: Promise<void> | undefined;
  let giveUp = new AbortController();

  const ask = (): Promise<unknown> | undefined => {
    const waits = logins.map((login) => login.ready(wasLost)).filter((wait) => wait !== undefined);
    return waits.length > 0 ? Promise.all(waits) : undefined;
  };
  const askUntilAnswered = async (first: Promise<unknown>, until: AbortSignal): Promise<void> => {
    for (let failures = 0, asking: Promise<unknown> | undefined = first; asking; asking = ask()) {
      try {
        await asking;
        break;
      } catch (error) {
        if (until.aborted) break;
        if (redis.listenerCount('error') > 0) redis.emit('error', error);
        const pauseMs = redis.options.retryStrategy?.(++failures);
        if (typeof pauseMs !== 'number') {
          redis.disconnect();
          throw error;
        }
        await pause(pauseMs, until);
        if (until.aborted) break;
      }
    }
    if (until.aborted) throw new Error('Connection is closed.');
  };
  const connectOnceAnswered = async (asking: Promise<unknown>, enableOfflineQueue?: boolean): Promise<void> => {
    try {
      await askUntilAnswered(asking, giveUp.signal);
    } finally {
      attempt = undefined;
      redis.options.enableOfflineQueue = enableOfflineQueue;
    }
    await connect();
  };

  redis.on('ready', () => (wasReady = true));
  redis.on('close', () => {
    wasLost = wasReady;
    wasReady = false;
  });
  redis.connect = (callback) => {
    if (attempt) return attempt;
    const asking = ask();
    if (!asking) return connect(callback);
    giveUp = new AbortController();
    const { enableOfflineQueue } = redis.options;
    if (mayLookInside()) prepareToConnect(redis);
    // A driver that has not connected yet refuses commands properly, but cannot queue them.
    else redis.options.enableOfflineQueue = false;
    attempt = connectOnceAnswered(asking, enableOfflineQueue);
    if (callback) attempt.then(() => callback(null), callback);
    return attempt;
  };
  redis.disconnect = (reconnect) => {
    if (!reconnect) giveUp.abort();
    disconnect(reconnect);
  };
}

function renewWhileConnected(redis: Redis, login: Login): void {
  let stopFollowing: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  const renew = async (): Promise<void> => {
    // A subscriber may not send AUTH; its owner replaces it.
    if (redis.status !== 'ready' || redis.mode !== 'normal') return;
    const { username, password = '' } = login;
    try {
      // Behind everything under way, and never inside a transaction.
      await (username === undefined ? redis.auth(password) : redis.auth(username, password));
      failures = 0;
    } catch (error) {
      if (!isReply(error) || !stopFollowing) return;
      if (++failures === 1) login.refused(`${redis.options.host ?? 'the server'}:${redis.options.port ?? ''}`, error);
      clearTimeout(timer);
      timer = setTimeout(() => void renew(), pauseBefore(failures)).unref();
    }
  };
  redis.on('ready', () => {
    stopFollowing?.();
    stopFollowing = login.follow(() => void renew());
  });
  redis.on('close', () => {
    stopFollowing?.();
    stopFollowing = undefined;
    failures = 0;
    clearTimeout(timer);
  });
}
