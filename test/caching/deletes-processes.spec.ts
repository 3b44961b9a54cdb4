import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type RedisServer, startServer } from '../servers/server.js';

const script = fileURLToPath(new URL('reader.mjs', import.meta.url));
const processes = 4;
/** Of each process: `HISTORY_READS=20000 npx vitest run test/caching/deletes-processes` takes longer. */
const reads = Number(process.env['HISTORY_READS'] ?? 1000);

interface History {
  readonly stale: readonly string[];
  readonly count: number;
  readonly done: number;
  readonly hits: number;
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

  it('show no read that gives what was made before an eviction that had ended', { timeout: 300_000 }, async () => {
    const shared = { connection: inject('connections')[topology]!, keyPrefix: randomUUID(), source: source.url };
    const histories = await Promise.all(
      Array.from({ length: processes }, async (_, own) => {
        const child = fork(script, [JSON.stringify({ ...shared, own, processes, reads, tracking })], {
          stdio: 'inherit',
        });
        const [history] = (await once(child, 'message')) as [History];
        await once(child, 'exit');
        return history;
      }),
    );
    expect(histories.flatMap(({ stale }) => stale)).toEqual([]);
    for (const { done, hits } of histories) {
      expect(done).toBeGreaterThanOrEqual(reads);
      expect(hits).toBeGreaterThan(reads / 25);
    }
  });
});
