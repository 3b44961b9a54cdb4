import { existsSync } from 'node:fs';
import { Redis, type RedisOptions } from 'ioredis';
import { expect } from 'vitest';
import { type RedisServer } from './server.js';

/** A client that records errors and does not reconnect, so that it ends with its server. */
export function connectOnce(options: RedisOptions): Promise<Redis> {
  const redis = new Redis({ retryStrategy: null, commandTimeout: 5_000, ...options });
  return new Promise((resolve, reject) => redis.once('ready', () => resolve(redis)).on('error', reject));
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Stops the servers, and expects nothing of them to remain. */
export async function stopAndExpectNothingLeft(started: { stop(): Promise<void> }, servers: readonly RedisServer[]) {
  const pids = servers.filter((server) => server.isRunning).map((server) => server.pid);
  await started.stop();
  expect(pids.filter(isAlive)).toEqual([]);
  expect(servers.map((server) => server.folder).filter(existsSync)).toEqual([]);
}
