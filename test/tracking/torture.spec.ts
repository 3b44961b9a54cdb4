import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type RedisServer, startServer } from '../servers/server.js';

const script = fileURLToPath(new URL('worker.mjs', import.meta.url));
const writers = 3;
const keys = 90;

/** Milliseconds that a change may take to get about: far more than it takes, far less than a key goes unchanged. */
const getsAboutMs = 500;

interface Log {
  readonly acknowledged: [key: number, number: number, when: number][];
  readonly given: [keyAndNumber: string, lastAsked: number][];
  readonly hits: number;
}

async function startWorker(url: string, own: number): Promise<ChildProcess> {
  const child = fork(script, [url, own, writers, keys].map(String));
  await once(child, 'message');
  return child;
}

async function logOf(child: ChildProcess): Promise<Log> {
  const exit = once(child, 'exit');
  child.send('stop');
  const [log] = (await once(child, 'message')) as [Log];
  await exit;
  return log;
}

/** What was given long after something newer was acknowledged. */
function staleReads(logs: readonly Log[]): string[] {
  const writes = new Map<number, [number: number, when: number][]>();
  for (const [key, number, when] of logs.flatMap(({ acknowledged }) => acknowledged)) {
    writes.set(key, [...(writes.get(key) ?? []), [number, when]]);
  }
  return logs
    .flatMap(({ given }) => given)
    .flatMap(([keyAndNumber, asked]) => {
      const [key, number] = keyAndNumber.split(' ').map(Number) as [number, number];
      const overwritten = writes.get(key)?.find(([newer]) => newer > number)?.[1] ?? Infinity;
      return asked > overwritten + getsAboutMs ? [`${keyAndNumber}: ${Math.round(asked - overwritten)} ms late`] : [];
    });
}

const lost = (server: RedisServer) => server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
const connectionsLost = (server: RedisServer) => server.cli('CLIENT', 'KILL', 'TYPE', 'normal');
const restarted = (server: RedisServer) => server.restart();

describe('tracking under torture', () => {
  it('gives no process a value that was overwritten a while ago', { timeout: 30_000 }, async () => {
    await using server = await startServer({ engine: 'redis' });
    const workers = await Promise.all(Array.from({ length: writers }, (_, own) => startWorker(server.url, own)));
    for (const fault of [lost, lost, lost, restarted, lost, connectionsLost, lost, lost]) {
      await delay(400);
      await fault(server);
    }
    const logs = await Promise.all(workers.map(logOf));
    expect(staleReads(logs)).toEqual([]);
    for (const { acknowledged, hits } of logs) {
      expect(acknowledged.length).toBeGreaterThan(50);
      expect(hits).toBeGreaterThan(50);
    }
  });
});
