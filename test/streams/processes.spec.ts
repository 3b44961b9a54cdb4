import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CachexService, type DeadLetter } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

const script = fileURLToPath(new URL('consumer.mjs', import.meta.url));
const keyPrefix = 'fleet';
const jobs = 3_000;
const isPoison = (n: number): boolean => n % 500 === 0;

describe('consumers in several processes', () => {
  let server: RedisServer;
  let cache: CachexService;
  const fleet: ChildProcess[] = [];

  const start = async (): Promise<ChildProcess> => {
    const child = fork(script, [server.url, keyPrefix], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    fleet.push(child);
    await once(child, 'message');
    return child;
  };
  const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const handled = async () => cache.hlen('handled');

  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
    cache = await openCache({ connection: server.url, keyPrefix });
  });
  afterAll(async () => {
    for (const child of fleet) if (child.exitCode === null && child.signalCode === null) await end(child, 'SIGKILL');
    await cache.close();
    await server.stop();
  });

  it('handle each entry at least once though some are killed, and set poison aside', async () => {
    const numbers = Array.from({ length: jobs }, (_, index) => index + 1);
    const doomed = await Promise.all([start(), start(), start()]);
    const pipe = cache.pipeline();
    for (const n of numbers) pipe.xadd('jobs', { n, poison: isPoison(n) });
    await pipe.execute();
    let pending = 0;
    for (const [killed, child] of doomed.entries()) {
      await waitFor(async () => (await handled()) >= (killed + 1) * 100, { what: 'some to be handled', every: 5 });
      await end(child, 'SIGKILL');
      pending += (await cache.xpending('jobs', 'g')).pending;
      await start();
    }
    expect(await handled()).toBeLessThan(jobs);
    expect(pending).toBeGreaterThan(0);

    const good = numbers.filter((n) => !isPoison(n));
    const poison = numbers.filter(isPoison);
    await waitFor(async () => (await cache.xlen('jobs:dead')) >= poison.length, { what: 'poison', timeout: 20_000 });
    await waitFor(async () => (await cache.xpending('jobs', 'g')).pending === 0, { what: 'the rest' });
    await waitFor(async () => (await handled()) >= good.length, { what: 'all to be handled' });
    expect((await cache.hkeys('handled')).map(Number).toSorted((a, b) => a - b)).toEqual(good);
    const letters = await cache.xrange<DeadLetter<{ n: number }>>('jobs:dead');
    expect(new Set(letters.map(({ fields }) => fields.fields.n))).toEqual(new Set(poison));

    const left = fleet.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    expect(left).toHaveLength(doomed.length);
    await Promise.all(left.map((child) => end(child, 'SIGTERM')));
    expect(await cache.xinfoConsumers('jobs', 'g')).toHaveLength(doomed.length);
  }, 60_000);
});
