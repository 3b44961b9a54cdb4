import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { endingWithFile } from '../children.js';
import { onEveryTopology } from '../contract/contract.js';
import { openCache } from '../open-cache.js';
import { raw } from '../raw.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

onEveryTopology((t) => {
  describe('an instant', () => {
    const noon = Date.parse('2026-11-29T12:00:00Z');
    const claim = (instant: number, { name = t.key('job'), version = 1 } = {}): Promise<boolean> =>
      t.cache.claimInstant(name, instant, 1000, { version });

    it('is claimed once, together with every instant less than the window away', async () => {
      expect(await claim(noon)).toBe(true);
      for (const instant of [noon, noon + 1, noon - 1, noon + 999, noon - 999])
        expect(await claim(instant)).toBe(false);
      expect([await claim(noon + 1000), await claim(noon - 1000), await claim(noon + 1001)]).toEqual([
        true,
        true,
        false,
      ]);
    });

    it('is claimed by one of many at once', async () => {
      const claims = await Promise.all(Array.from({ length: 50 }, (_, index) => claim(noon + (index % 7))));
      expect(claims.filter(Boolean)).toHaveLength(1);
    });

    it('stays claimed, whatever the clocks of others show', async () => {
      const now = Date.now();
      expect(await claim(now)).toBe(true);
      expect(await claim(now + 100 * 365 * 86_400_000)).toBe(true);
      expect([await claim(0), await claim(0)]).toEqual([true, false]);
      expect([await claim(now), await claim(now - 10 * 60_000)]).toEqual([false, true]);
    });

    it('belongs to one job, and to one version', async () => {
      expect([await claim(noon), await claim(noon, { version: 2 })]).toEqual([true, true]);
      expect(await claim(noon, { name: t.key('another') })).toBe(true);
    });

    it('is kept longer than clocks differ, but not forever; clear() does not affect it', async () => {
      await claim(Date.now());
      await t.cache.clear();
      expect(await claim(Date.now())).toBe(false);
      const key = `${t.cache.toJSON().keyPrefix}:own:once:{1:${t.key('job')}}`;
      const ms = Number(await raw(t.cache, 'PTTL', key));
      expect(ms).toBeGreaterThan(14 * 60_000);
      expect(ms).toBeLessThanOrEqual(15 * 60_000 + 1000);
      // Older claims are dropped.
      for (let ago = 40; ago > 0; ago--) await claim(Date.now() - ago * 60_000);
      expect(Number(await raw(t.cache, 'ZCARD', key))).toBeLessThan(20);
    });
  });
});

describe('a job of eight processes whose clocks are two seconds apart', () => {
  const script = fileURLToPath(new URL('scheduled-worker.mjs', import.meta.url));
  const every = 2000;
  let server: RedisServer;
  let cache: CachexService;
  let fleet: ChildProcess[] = [];
  const keyPrefix = randomUUID();
  const runs = async (): Promise<number[]> => (await cache.getClient().lrange(`${keyPrefix}:runs`, 0, -1)).map(Number);
  const untilRuns = (count: number): Promise<void> =>
    waitFor(async () => (await runs()).length >= count, { what: 'the runs', timeout: 40_000 });

  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
    cache = await openCache({ connection: server.url, keyPrefix });
    const shifts = [0, 2000, -700, 1300, 0, 2000, -700, 1300];
    fleet = shifts.map((shift) =>
      endingWithFile(fork(script, [server.url, keyPrefix, String(shift)], { stdio: 'inherit' })),
    );
    await Promise.all(fleet.map((child) => once(child, 'message')));
  });
  afterAll(async () => {
    for (const child of fleet) {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
    }
    await cache.close();
    await server.stop();
  });

  it('runs once at each instant', async () => {
    // By the clock that is most ahead, all of them are at work from here on.
    const first = Date.now() + 2000 + every;
    const since = async () => (await runs()).filter((instant) => instant > first).toSorted((a, b) => a - b);
    await waitFor(async () => (await since()).length >= 5, { what: 'the runs', timeout: 40_000 });
    const seen = await since();
    const instants = Array.from({ length: seen.length }, (_, index) => seen[0]! + index * every);
    expect(seen).toEqual(instants);
  }, 90_000);

  it('runs at most once at each instant if processes crash, and continues', async () => {
    const before = (await runs()).length;
    for (let round = 1; round <= 5; round++) {
      await untilRuns(before + 2 * round);
      // In the middle of the run, if this process has it.
      fleet[round]!.kill('SIGKILL');
    }
    await untilRuns((await runs()).length + 2);
    const seen = await runs();
    expect(new Set(seen).size).toBe(seen.length);
  }, 90_000);
});
