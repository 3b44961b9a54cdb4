import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { endingWithFile } from '../children.js';
import { type RedisServer, startServer } from '../servers/server.js';

const script = fileURLToPath(new URL('reader.mjs', import.meta.url));
const processes = 4;
/**
 * For each process and each call. `HISTORY_READS=20000 npx vitest run test/caching/deletes-processes` prints the
 * figures.
 */
const reads = Number(process.env['HISTORY_READS'] ?? 300);

interface History {
  readonly stale: readonly string[];
  readonly count: number;
  readonly done: Readonly<Record<'getOrSet' | 'getOrSetMany', number>>;
  readonly hits: number;
  readonly misses: number;
  readonly evictionsMs: readonly number[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function figuresOf(histories: readonly History[]): object {
  const ms = histories.flatMap(({ evictionsMs }) => evictionsMs).toSorted((one, other) => one - other);
  return {
    getOrSet: sum(histories.map(({ done }) => done.getOrSet)),
    getOrSetMany: sum(histories.map(({ done }) => done.getOrSetMany)),
    hits: sum(histories.map(({ hits }) => hits)),
    misses: sum(histories.map(({ misses }) => misses)),
    stale: sum(histories.map(({ count }) => count)),
    evictions: ms.length,
    medianMs: ms[Math.floor(ms.length / 2)],
    ninetyNinthMs: ms[Math.floor(ms.length * 0.99)],
  };
}

describe.each([
  ['redis standalone', false],
  ['valkey cluster', false],
  ['redis standalone', true],
] as const)(`histories of ${processes} processes on %s, tracking: %s`, (topology, tracking) => {
  let source: RedisServer;
  beforeAll(async () => {
    source = await startServer({ engine: 'redis' });
  });
  afterAll(() => source.stop());

  it('return nothing that is older than a completed eviction', { timeout: 60_000 + 100 * reads }, async () => {
    const shared = { connection: inject('connections')[topology]!, keyPrefix: randomUUID(), source: source.url };
    const histories = await Promise.all(
      Array.from({ length: processes }, async (_, own) => {
        const options = JSON.stringify({ ...shared, own, processes, reads, tracking });
        const child = endingWithFile(fork(script, [options], { stdio: 'inherit' }));
        const [history] = (await once(child, 'message')) as [History];
        await once(child, 'exit');
        return history;
      }),
    );
    if (process.env['HISTORY_READS']) console.log(topology, { tracking }, figuresOf(histories));
    expect(histories.flatMap(({ stale }) => stale)).toEqual([]);
    for (const { done, hits } of histories) {
      expect(Math.min(done.getOrSet, done.getOrSetMany)).toBeGreaterThanOrEqual(reads);
      expect(hits).toBeGreaterThan(reads / 25);
    }
  });
});
