import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashSlot } from '../../lib/wire/hash-slot.js';
import { CachexModule, type CachexService, ConnectionError, StreamConsumer } from '../../lib/index.js';
import { clusterOf } from '../faults/faults.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import type { RedisServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

/** The possible delay of a timer on a busy machine. */
const lateness = 2_000;
const commandTimeoutMs = 500;

let cluster: RedisCluster;
let cache: CachexService;
beforeAll(async () => {
  cluster = await startCluster({ engine: 'redis', replicasPerPrimary: 0 });
});
afterAll(() => cluster.stop());
beforeEach(async () => {
  const connection = { ...clusterOf(cluster), commandTimeout: `${commandTimeoutMs}ms` };
  cache = await openCache({ connection } as never, new QuietLogger('Cachex'));
  // A busy machine may take longer to connect.
  await waitFor(async () => (await cache.get('{w}a')) === undefined, { what: 'the connections' });
});
afterEach(() => cache.close());

type Options = { readonly signal?: AbortSignal };

const waits: Readonly<Record<string, (wait: string | null, options?: Options) => Promise<unknown>>> = {
  blpop: (wait, options) => cache.blpop(['{w}list'], wait, options),
  'blpop of several keys': (wait, options) => cache.blpop(['{w}list', '{w}b'], wait, options),
  blmove: (wait, options) => cache.blmove('{w}list', '{w}b', 'LEFT', 'RIGHT', wait, options),
  'xread with block': (wait, options) => cache.xread({ '{w}stream': '0' }, { ...options, block: wait }),
  'xreadgroup with block': (wait, options) =>
    cache.xreadgroup('g', 'me', { '{w}stream': '>' }, { ...options, block: wait }),
};

async function timed(call: Promise<unknown>): Promise<{ outcome: unknown; ms: number }> {
  const start = performance.now();
  const outcome = await call.catch((error: unknown) => error);
  return { outcome, ms: performance.now() - start };
}

const slot = hashSlot(':1:{w}');
let from: RedisServer;

/** Situations in which nobody can answer a blocking call, and the end of each. */
const faults: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
  'whose slot nobody serves': async () => {
    for (const node of cluster.nodes) await node.cli('CLUSTER', 'DELSLOTS', String(slot));
    return async () => {
      await from.cli('CLUSTER', 'ADDSLOTS', String(slot));
      await cluster.settled();
    };
  },
  'whose keys are at two nodes': async () => {
    const to = (await cluster.primaries()).find((node) => node !== from)!;
    await from.cli('RPUSH', ':1:{w}b', 'x');
    await cluster.setMigrating(slot, to);
    await cluster.migrateKeys(slot, to, [':1:{w}b']);
    return async () => {
      await cluster.migrateKeys(slot, to);
      await cluster.finishMigration(slot, to);
      await to.cli('UNLINK', ':1:{w}b', ':1:{w}list', ':1:{w}stream');
      await cluster.moveSlot(slot, from);
    };
  },
  'whose node does not answer': async () => {
    from.pause();
    return async () => from.resume();
  },
};

describe.each(Object.entries(faults))('blocking calls on a cluster %s', (_, begin) => {
  let end: () => Promise<unknown>;
  beforeEach(async () => {
    from = await cluster.slotOwner(slot);
    await from.cli('UNLINK', ':1:{w}b', ':1:{w}list', ':1:{w}stream');
    end = await begin();
  });
  afterEach(async () => {
    await end();
    await cluster.settled();
  });

  it.each(Object.entries(waits))('%s ends commandTimeout after its time at the latest', async (__, wait) => {
    const { ms } = await timed(wait('300ms'));
    expect(ms).toBeLessThan(300 + commandTimeoutMs + lateness);
  });

  it.each(Object.entries(waits))('%s ends with its signal', async (__, wait) => {
    const { outcome, ms } = await timed(wait(null, { signal: AbortSignal.timeout(200) }));
    expect(outcome).toBeInstanceOf(Error);
    expect(ms).toBeLessThan(200 + commandTimeoutMs + lateness);
  });

  it('a consumer of a stream does not delay the end of the application', async () => {
    class Consumer {
      @StreamConsumer({ stream: '{w}stream', group: 'g', shutdownTimeout: '1s' })
      handle(): void {}
    }
    @Module({
      imports: [
        CachexModule.forRoot({
          connection: { ...clusterOf(cluster), commandTimeout: `${commandTimeoutMs}ms` } as never,
        }),
      ],
      providers: [Consumer],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    const { ms } = await timed(app.close());
    expect(ms).toBeLessThan(1_000 + 2 * commandTimeoutMs + lateness);
  });
});

describe('while the cluster is down', () => {
  it('blocking calls fail like others, and work afterwards', async () => {
    const node = cluster.nodes[2]!;
    await node.kill();
    await expect
      .poll(() => cluster.nodes[0]!.cli('CLUSTER', 'INFO'), { timeout: 20_000 })
      .toContain('cluster_state:fail');
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const outcomes = await Promise.all(
      keys.map((key) => timed(cache.blpop([key], '300ms', { signal: AbortSignal.timeout(5_000) }))),
    );
    for (const { outcome, ms } of outcomes) {
      expect(outcome).toBeInstanceOf(ConnectionError);
      expect(ms).toBeLessThan(300 + commandTimeoutMs + lateness);
    }
    await node.restart();
    await cluster.settled();
    await cache.rpush('a', 1);
    expect(await cache.blpop(['a'], '5s')).toEqual(['a', 1]);
  });
});
