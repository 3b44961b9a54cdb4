import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CachexSemaphore, SemaphoreError, type SemaphoreOptions } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';

onEveryTopology((t) => {
  describe('a semaphore', () => {
    const opened: CachexSemaphore[] = [];
    const slot = (capacity: number, options?: SemaphoreOptions): CachexSemaphore => {
      const semaphore = t.cache.semaphore(t.key('name'), capacity, options);
      opened.push(semaphore);
      return semaphore;
    };
    const wire = (part = ''): string => `${t.cache.toJSON().keyPrefix}:sem:{1:${t.key('name')}}${part}`;
    const tryAcquire = (semaphore: CachexSemaphore): Promise<boolean> => semaphore.acquire({ blocking: false });

    /** Waits in the order of the calls; returns the names in the order of their acquisitions. */
    const line = () => {
      const had: string[] = [];
      const calls: Promise<void>[] = [];
      return {
        had,
        join: async (name: string, semaphore: CachexSemaphore): Promise<void> => {
          calls.push(semaphore.acquire().then(() => void had.push(name)));
          await delay(20);
        },
        all: () => Promise.all(calls),
      };
    };

    afterEach(async () => {
      vi.restoreAllMocks();
      await Promise.all(opened.splice(0).map((each) => each[Symbol.asyncDispose]().catch(() => undefined)));
    });

    it('has room for as many as its capacity', async () => {
      const all = Array.from({ length: 5 }, () => slot(3));
      expect(await Promise.all(all.map(tryAcquire))).toEqual([true, true, true, false, false]);
      expect(await all[0]!.owned()).toBe(true);
      expect(await all[4]!.locked()).toBe(true);
      await all[1]!.release();
      expect(await all[4]!.locked()).toBe(false);
      expect(await tryAcquire(all[3]!)).toBe(true);
      expect(await tryAcquire(all[4]!)).toBe(false);
    });

    it('counts weights', async () => {
      const [three, two, one] = [slot(5, { weight: 3 }), slot(5, { weight: 2 }), slot(5)];
      expect(await tryAcquire(three)).toBe(true);
      expect([await two.locked(), await slot(5, { weight: 3 }).locked()]).toEqual([false, true]);
      expect(await tryAcquire(two)).toBe(true);
      expect(await tryAcquire(one)).toBe(false);
      await two.release();
      expect(await tryAcquire(one)).toBe(true);
      expect(await tryAcquire(two)).toBe(false);
    });

    it('is acquired in order: light ones do not overtake a heavy one', async () => {
      const [a, b] = [slot(2), slot(2)];
      await a.acquire();
      await b.acquire();
      const { had, join, all } = line();
      const [heavy, light] = [slot(2, { weight: 2 }), slot(2)];
      await join('heavy', heavy);
      await join('light', light);
      await a.release();
      await delay(30);
      expect(had).toEqual([]);
      expect(await tryAcquire(slot(2))).toBe(false);
      await b.release();
      await expect.poll(() => had).not.toEqual([]);
      await delay(30);
      expect(had).toEqual(['heavy']);
      await heavy.release();
      await all();
      expect(had).toEqual(['heavy', 'light']);
    });

    it('is acquired at once by all waiters that fit after a release', async () => {
      const heavy = slot(3, { weight: 3 });
      await heavy.acquire();
      const { had, join, all } = line();
      await join('first', slot(3));
      await join('second', slot(3));
      await join('third', slot(3));
      await heavy.release();
      await all();
      expect(had).toEqual(['first', 'second', 'third']);
    });

    it('lets later waiters pass when a heavy one gives up', async () => {
      const a = slot(2);
      await a.acquire();
      const { had, join, all } = line();
      const controller = new AbortController();
      const heavy = slot(2, { weight: 2 }).acquire({ signal: controller.signal });
      await delay(20);
      await join('light', slot(2));
      expect(had).toEqual([]);
      controller.abort();
      await expect(heavy).rejects.toThrow('aborted');
      await all();
      expect(had).toEqual(['light']);
    });

    it('recovers claims that were never released, one by one, when their leases end', async () => {
      const [kept, ...lost] = [slot(2), slot(2, { timeout: 0.2 }), slot(2, { timeout: 0.2 })] as const;
      const start = performance.now();
      await Promise.all([kept.acquire(), lost[0].acquire()]);
      for (const [turn, next] of [lost[1], slot(2)].entries()) {
        await next.acquire();
        expect(performance.now() - start).toBeGreaterThan(190 * (turn + 1));
        expect(performance.now() - start).toBeLessThan(1500 * (turn + 1));
        expect(await kept.owned()).toBe(true);
      }
      for (const each of lost) await expect(each.release()).rejects.toThrow(SemaphoreError);
    });

    it('may change its capacity', async () => {
      const [a, b, c] = [slot(1), slot(1), slot(3)];
      expect(await tryAcquire(a)).toBe(true);
      expect(await tryAcquire(b)).toBe(false);
      expect(await tryAcquire(c)).toBe(true);
      expect(await tryAcquire(slot(3))).toBe(true);
      expect(await tryAcquire(slot(2))).toBe(false);
      await a.release();
      await c.release();
      expect(await tryAcquire(slot(1))).toBe(false);
      expect(await tryAcquire(slot(2))).toBe(true);
    });

    it.each(['', ':copy', ':line', ':seen', ':fence'])(
      'lets nobody in, and is not stuck, when its key …%s is lost',
      async (part) => {
        // Otherwise a waiter that has lost its place would send a heartbeat every two seconds.
        vi.spyOn(t.cache['locking']['holdings'].wakeUps, 'isListening', 'get').mockReturnValue(false);
        const [a, b] = [slot(2, { weight: 2 }), slot(2, { weight: 2, sleep: 0.02 })];
        await a.acquire();
        const waiting = b.acquire({ blockingTimeout: 10 });
        await delay(20);
        await raw(t.cache, 'DEL', wire(part));
        expect(await tryAcquire(slot(2))).toBe(false);
        expect(await a.owned()).toBe(true);
        await raw(t.cache, 'DEL', wire(part));
        await a.release();
        expect(await waiting).toBe(true);
        await raw(t.cache, 'DEL', wire(part));
        expect(await tryAcquire(slot(2))).toBe(false);
        await b.release();
        expect(await tryAcquire(slot(2))).toBe(true);
      },
    );

    it('keeps no key after all processes have vanished', async () => {
      await slot(1, { timeout: 0.05 }).acquire();
      opened.splice(0);
      await expect.poll(() => raw(t.cache, 'EXISTS', wire(), wire(':copy'))).toBe(0);
    });

    it.each([
      ['a weight that never fits', 2, { weight: 3 }, RangeError],
      ['a capacity of 0', 0, {}, TypeError],
      ['a capacity that is no integer', 1.5, {}, TypeError],
      ['a capacity that is no number', '3' as never, {}, TypeError],
      ['a weight of 0', 2, { weight: 0 }, TypeError],
      ['a weight that is no integer', 2, { weight: 0.5 }, TypeError],
    ])('%s is refused at once', (_, capacity, options, error) => {
      expect(() => t.cache.semaphore('name', capacity, options)).toThrow(error);
    });
  });
});
