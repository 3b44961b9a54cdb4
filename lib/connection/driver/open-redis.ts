import { Redis, type RedisOptions } from 'ioredis';
import { mayLookInside } from './driver-mode.js';
import type { Endpoint } from './endpoint.js';
import { areAllAsked, askSentinelsFromTheFirst, onRefusal } from './internals.js';
import { logIn } from './log-in.js';
import { forgetName, hearSentinels, lookUpName } from './named-servers.js';

/** What can only be ended by waiting for the other side is not waited for longer. */
const longestEndMs = 200;

/** Who hears what servers refuse to a client. */
const listeners = new WeakMap<Redis, (error: Error) => void>();
/** Clients that a Sentinel has failed since they began to connect. */
const failed = new WeakSet<Redis>();

/** The driver's client of a server: all that the library makes are made here. */
export function openRedis({ options, ...logins }: Endpoint): Redis {
  const { sentinels, disconnectTimeout = longestEndMs } = options;
  const reconnectOnError: RedisOptions['reconnectOnError'] = (error) => {
    listeners.get(redis)?.(error);
    return options.reconnectOnError?.(error) ?? false;
  };
  const redis: Redis = new Redis({
    ...options,
    ...(sentinels && { natMap: hearSentinels(() => redis, options.natMap) }),
    ...(!mayLookInside() && {
      reconnectOnError,
      disconnectTimeout: Math.min(disconnectTimeout, longestEndMs),
      // Commands must leave in the order in which they are given.
      enableAutoPipelining: false,
      // A server that refuses a client says so once, in answer to the first question: it must be one whose answer counts.
      disableClientInfo: true,
    }),
  });
  if (sentinels) askSentinels(redis);
  logIn(redis, logins);
  return redis;
}

function askSentinels(redis: Redis): void {
  if (mayLookInside()) {
    redis.on('ready', () => askSentinelsFromTheFirst(redis));
    return;
  }
  redis.on('connecting', () => {
    failed.delete(redis);
    // Told anew by the time that there is a socket.
    forgetName(redis);
  });
  redis.on('sentinelError', () => failed.add(redis));
  redis.on('connect', () => void lookUpName(redis));
}

/** Hears all that servers refuse to a client, also what its user asks for. */
export function hearRefusals(redis: Redis, hear: (error: Error) => void): void {
  if (mayLookInside()) onRefusal(redis, hear);
  else listeners.set(redis, hear);
}

/** The driver may be at the last of the Sentinels when it begins to ask, and says that it has reached none of them. */
export const isFalseAlarm = (redis: Redis, error: Error): boolean =>
  !mayLookInside() && areAllAsked(error) && !failed.has(redis);
