import type { Logger } from '@nestjs/common';
import type { RedisOptions } from 'ioredis';
import type { ResolvedServer } from '../../options/resolved.options.js';
import { Login } from './login.js';

/** The longest pause between two attempts to connect. */
const longestPauseMs = 1000;

/** Milliseconds to wait before an attempt to connect, the first of which is number 1. */
export const pauseBefore = (attempt: number): number =>
  Math.min(25 * 2 ** attempt, longestPauseMs) * (0.75 + Math.random() / 2);

/** The options for every connection of the library, in any topology; the user's own options come after them. */
export function redisOptions(connection: ResolvedServer): RedisOptions {
  return {
    username: connection.username,
    password: connection.password,
    tls: connection.tls,
    connectTimeout: connection.connectTimeoutMs,
    commandTimeout: connection.commandTimeoutMs,
    lazyConnect: true,
    // Replies are then the same on ioredis 5 and 6, and from every server.
    protocol: 2,
    // A connection that is silent for this long is dead, even if TCP considers it alive.
    socketTimeout: 2 * connection.commandTimeoutMs,
    // The kernel probes as well, on connections that wait for a long time.
    keepAlive: 10_000,
    // A closed connection waits for nothing, and must not keep the process alive.
    disconnectTimeout: 200,
    // Commands under way when a connection breaks fail at once: sending them again might run them twice.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: pauseBefore,
  };
}

/** The share of `connectTimeout` for a provider: it times out first, so that the error can name the provider. */
const shareOfProvider = 0.9;

/** The login of its connections, if a provider is asked. */
export function loginOf(
  { credentials, username, connectTimeoutMs }: ResolvedServer,
  log: Pick<Logger, 'warn' | 'log'>,
  whose = 'credentials',
): Login | undefined {
  if (!credentials) return undefined;
  return new Login({ provider: credentials, username, timeoutMs: connectTimeoutMs * shareOfProvider, whose }, log);
}
