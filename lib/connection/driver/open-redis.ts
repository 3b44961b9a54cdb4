import { Redis, type RedisOptions } from 'ioredis';
import { mayLookInside } from './driver-mode.js';
import type { Endpoint } from './endpoint.js';
import { areAllAsked, askSentinelsFromTheFirst, onRefusal } from './internals.js';
import { logIn } from './log-in.js';
import { forgetName, hearSentinels, lookUpName } from './named-servers.js';

/** Connections that end only when the other side closes are not waited for any longer than this. */
const longestEndMs = 200;

/** Listens to what servers refuse to a client. */
const listeners = new WeakMap<Redis, (error: Error) => void>();
/** Clients that a Sentinel has failed since they started to connect. */
const failed = new WeakSet<Redis>();

/** The driver's client of a server: the library creates all its clients here. */
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
      // A server that refuses a client says so once, in answer to the first command: that must be one whose answer
      // counts.
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
    // Reported again once there is a socket.
    forgetName(redis);
  });
  redis.on('sentinelError', () => failed.add(redis));
  redis.on('connect', () => void lookUpName(redis));
}

/** Hears everything that servers refuse to a client, including the user's own commands. */
export function hearRefusals(redis: Redis, hear: (error: Error) => void): void {
  if (mayLookInside()) onRefusal(redis, hear);
  else listeners.set(redis, hear);
}

/** The driver may start asking at the last of the Sentinels, and then reports that it reached none of them. */
export const isFalseAlarm = (redis: Redis, error: Error): boolean =>
  !mayLookInside() && areAllAsked(error) && !failed.has(redis);
