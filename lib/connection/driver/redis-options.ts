import type { Logger } from '@nestjs/common';
import type { RedisOptions } from 'ioredis';
import type { ResolvedServer } from '../../options/resolved.options.js';
import { Login } from './login.js';

/** The longest pause between two attempts to connect. */
const longestPauseMs = 1000;

/** Milliseconds to wait before an attempt to connect, the first of which is number 1. */
export const pauseBefore = (attempt: number): number =>
  Math.min(25 * 2 ** attempt, longestPauseMs) * (0.75 + Math.random() / 2);

/** What every connection of the library is opened with, whatever the topology; the user's own options come after it. */
export function redisOptions(connection: ResolvedServer): RedisOptions {
  return {
    username: connection.username,
    password: connection.password,
    tls: connection.tls,
    connectTimeout: connection.connectTimeoutMs,
    commandTimeout: connection.commandTimeoutMs,
    lazyConnect: true,
    // Replies then are the same on ioredis 5 and 6, and from every server.
    protocol: 2,
    // A connection that answers nothing for so long is dead, whatever TCP thinks of it.
    socketTimeout: 2 * connection.commandTimeoutMs,
    // The kernel asks as well, on connections that wait for something for long.
    keepAlive: 10_000,
    // What is closed waits for nothing any more, and must not keep the process alive.
    disconnectTimeout: 200,
    // What was under way when a connection broke fails at once: sending it again might do it twice.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: pauseBefore,
  };
}

/** Who its connections log in as, where a provider is asked. */
export function loginOf(
  { credentials, username, connectTimeoutMs }: ResolvedServer,
  log: Pick<Logger, 'warn' | 'log'>,
): Login | undefined {
  if (!credentials) return undefined;
  return new Login({ provider: credentials, username, timeoutMs: connectTimeoutMs, whose: 'credentials' }, log);
}
