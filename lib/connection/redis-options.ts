import type { RedisOptions } from 'ioredis';
import type { ResolvedConnection } from '../options/index.js';

/** The longest pause between two attempts to connect. */
const longestPauseMs = 2000;

/** What every connection of the library is opened with; `redisOptions` of the user's come last. */
export function redisOptions(connection: Exclude<ResolvedConnection, { type: 'memory' }>): RedisOptions {
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
    // What was under way when a connection broke fails at once: sending it again might do it twice.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(25 * 2 ** attempt, longestPauseMs) * (0.75 + Math.random() / 2),
    ...connection.redisOptions,
  };
}
