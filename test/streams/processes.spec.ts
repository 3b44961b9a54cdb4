import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, type TestContext } from 'vitest';
import { type CachexService, type DeadLetter } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { waitFor } from '../servers/wait-for.js';
import { caughtAtWork, end, Fleet } from './fleet.js';

/** Several processes start and work at once: per step, on a slow machine. */
const timeout = 40_000;
const isPoison = (n: number): boolean => n % 200 === 0;

async function open(
  topology: string,
  { onTestFinished }: TestContext,
): Promise<{ cache: CachexService; fleet: Fleet }> {
  const options = { connection: inject('connections')[topology]!, keyPrefix: randomUUID() };
  const cache = await openCache(options);
  const fleet = new Fleet(options);
  onTestFinished(async () => {
    await fleet.endAll('SIGKILL');
    await cache.close();
  });
  return { cache, fleet };
}

/** Adds this many jobs. */
async function add(cache: CachexService, jobs: number[], count: number): Promise<void> {
  const pipe = cache.pipeline();
  for (let added = 0; added < count; added++) {
    const n = jobs.push(jobs.length + 1);
    pipe.xadd('jobs', { n, poison: isPoison(n) });
  }
  await pipe.execute();
}

describe.concurrent('consumers in several processes', () => {
  it.for<[string, number]>([
    ['redis standalone', 2],
    ['valkey sentinel', 1],
    ['redis cluster', 1],
  ])(
    'handle each entry at least once though some are killed, and set poison aside: %s',
    { timeout: 120_000 },
    async ([topology, kills], context) => {
      const { cache, fleet } = await open(topology, context);
      const handled = () => cache.hlen('handled');
      const doomed = await Promise.all(Array.from({ length: kills }, () => fleet.add()));
      const jobs: number[] = [];
      await add(cache, jobs, 600);
      let pending = 0;
      for (const [killed, member] of doomed.entries()) {
        await waitFor(async () => (await handled()) >= (killed + 1) * 100, {
          what: 'some to be handled',
          every: 5,
          timeout,
        });
        await caughtAtWork(member, async () => {
          if ((await cache.xpending('jobs', 'g')).pending > 0) return true;
          // They may have finished everything before they are frozen.
          await add(cache, jobs, 300);
          return false;
        });
        await end(member, 'SIGKILL');
        pending += (await cache.xpending('jobs', 'g')).pending;
        await fleet.add();
      }
      expect(pending).toBeGreaterThan(0);

      const good = jobs.filter((n) => !isPoison(n));
      const poison = jobs.filter(isPoison);
      await waitFor(async () => (await cache.xlen('jobs:dead')) >= poison.length, { what: 'poison', timeout });
      await waitFor(async () => (await cache.xpending('jobs', 'g')).pending === 0, { what: 'the rest', timeout });
      await waitFor(async () => (await handled()) >= good.length, { what: 'all to be handled', timeout });
      expect((await cache.hkeys('handled')).map(Number).toSorted((a, b) => a - b)).toEqual(good);
      const letters = await cache.xrange<DeadLetter<{ n: number }>>('jobs:dead');
      expect(new Set(letters.map(({ fields }) => fields.fields.n))).toEqual(new Set(poison));

      expect(fleet.running).toHaveLength(kills);
      await fleet.endAll('SIGTERM');
      expect(await cache.xinfoConsumers('jobs', 'g')).toHaveLength(kills);
    },
  );
});
