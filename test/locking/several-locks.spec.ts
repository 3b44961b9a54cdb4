import { afterEach, describe, expect, it } from 'vitest';
import { type CachexLock, CrossSlotError, LockNotOwnedError, type LockOptions } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';
import { waitFor } from '../servers/wait-for.js';

onEveryTopology((t) => {
  describe('a lock of several names', () => {
    const opened: CachexLock[] = [];
    const lock = (names: string, options?: LockOptions): CachexLock => {
      const all = Array.from(names, (name) => t.key(name));
      opened.push(t.cache.lock(all.length === 1 ? all[0]! : all, options));
      return opened.at(-1)!;
    };
    const wire = (name: string, part = ''): string => `${t.cache.toJSON().keyPrefix}:lock:{1:${t.key(name)}}${part}`;
    const tryAcquire = (one: CachexLock): Promise<boolean> => one.acquire({ blocking: false });
    const taken = (names: string): Promise<boolean[]> => Promise.all(Array.from(names, (name) => lock(name).locked()));
    const standing = (name: string, count: number): Promise<void> =>
      waitFor(async () => (await raw(t.cache, 'ZCARD', wire(name, ':line'))) === count, { what: 'the line', every: 2 });

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((each) => each[Symbol.asyncDispose]().catch(() => undefined)));
    });

    it('holds all of them, and excludes holders of each', async () => {
      const both = lock('ab');
      expect(await both.acquire()).toBe(true);
      expect(await taken('abc')).toEqual([true, true, false]);
      expect([await tryAcquire(lock('a')), await tryAcquire(lock('b')), await tryAcquire(lock('bc'))]).toEqual([
        false,
        false,
        false,
      ]);
      expect(await taken('c')).toEqual([false]);
      await both.release();
      expect(await taken('ab')).toEqual([false, false]);
    });

    it('holds none if one is taken, whichever', async () => {
      for (const held of 'abc') {
        const one = lock(held);
        await one.acquire();
        expect(await lock('cab').locked()).toBe(true);
        expect(await lock('cab').acquire({ blockingTimeout: 0.03 })).toBe(false);
        expect((await taken('abc')).filter(Boolean)).toHaveLength(1);
        await one.release();
      }
    });

    it('is acquired when the last of them is free', async () => {
      const [a, b, both] = [lock('a'), lock('b'), lock('ab')];
      await Promise.all([a.acquire(), b.acquire()]);
      const acquired = both.acquire();
      await standing('a', 1);
      await a.release();
      expect([await both.owned(), await lock('a').locked()]).toEqual([false, false]);
      await b.release();
      expect(await acquired).toBe(true);
    });

    it('keeps its place in each queue: later waiters for one of them wait until it has had its turn', async () => {
      const [b, both, a] = [lock('b'), lock('ab'), lock('a')];
      await b.acquire();
      const order: string[] = [];
      const first = both.acquire().then(() => order.push('ab'));
      await standing('a', 1);
      expect(await tryAcquire(lock('a'))).toBe(false);
      const second = a.acquire().then(() => order.push('a'));
      await standing('a', 2);
      await b.release();
      await first;
      expect(order).toEqual(['ab']);
      await both.release();
      await second;
    });

    it('lets later waiters pass when it gives up', async () => {
      const [b, a] = [lock('b'), lock('a')];
      await b.acquire();
      const controller = new AbortController();
      const both = lock('ab').acquire({ signal: controller.signal });
      await standing('a', 1);
      const next = a.acquire();
      await standing('a', 2);
      controller.abort(new Error('enough'));
      await expect(both).rejects.toThrow('enough');
      expect(await next).toBe(true);
    });

    it('does not deadlock, in whatever order names are given, even if places are lost', async () => {
      const names = ['ab', 'bc', 'ca', 'ba', 'cb', 'ac'];
      let inside = 0;
      const work = async (of: string): Promise<void> => {
        for (let round = 0; round < 5; round++) {
          await lock(of, { blockingTimeout: 60 }).using(async () => {
            inside++;
            // As an eviction does.
            if (round === 2) await raw(t.cache, 'DEL', wire('b', ':line'));
          });
        }
      };
      await Promise.all(names.map(work));
      expect(inside).toBe(30);
    });

    it('tells its holder that one of them was taken away, and its release frees the others', async () => {
      const both = lock('ab', { timeout: 0.3, autoExtend: true });
      await both.acquire();
      const { signal } = both;
      await raw(t.cache, 'DEL', wire('b'));
      await lock('b').acquire();
      await waitFor(() => signal.aborted, { what: 'the signal' });
      expect(signal.reason).toBeInstanceOf(LockNotOwnedError);
      expect(await both.owned()).toBe(false);
      await expect(both.release()).rejects.toThrow(LockNotOwnedError);
      expect(await taken('ab')).toEqual([false, true]);
    });

    it('has a fencing token greater than the last one of each', async () => {
      const ahead = (Date.now() + 3_600_000) * 1000;
      await raw(t.cache, 'SET', wire('b', ':fence'), String(ahead));
      const tokens: number[] = [];
      for (const names of ['ab', 'a', 'b', 'ba']) {
        await lock(names).using(({ fencingToken }) => tokens.push(fencingToken!));
      }
      expect(tokens).toEqual([ahead + 1, ahead + 2, ahead + 2, ahead + 3]);
    });

    it('counts a repeated name once, and a list of one as that name', async () => {
      const one = lock('aab');
      await one.acquire();
      await one.extend(10);
      await one.release();
      await using single = t.cache.lock([t.key('a')]);
      expect(await tryAcquire(single)).toBe(true);
      expect(await tryAcquire(lock('a'))).toBe(false);
    });

    it('has one lease: an extension applies to each', async () => {
      const both = lock('ab', { timeout: 20 });
      const leases = (): Promise<unknown[]> =>
        Promise.all(Array.from('ab', (name) => raw(t.cache, 'PTTL', wire(name))));
      const within = (from: number, to: number): unknown =>
        expect.toSatisfy((ms: number) => ms > from * 1000 && ms <= to * 1000);
      await both.acquire();
      await both.extend(100);
      expect(await leases()).toEqual([within(60, 120), within(60, 120)]);
      await both.reacquire();
      expect(await leases()).toEqual([within(0, 20), within(0, 20)]);
    });

    it('names them all in its errors', async () => {
      await expect(t.cache.lock(['b', 'a']).release()).rejects.toThrow('Lock "a", "b" is not held by this handle');
    });

    it.each([
      ['no name', []],
      ['an empty name', ['a', '']],
      ['what is no name', ['a', 5]],
      ['what is no list', { a: 1 }],
    ])('refuses %s at once', (_, names) => {
      expect(() => t.cache.lock(names as never)).toThrow(TypeError);
    });

    it('accepts a thousand names, and refuses more', async () => {
      const names = Array.from({ length: 1001 }, (_, index) => t.key(`name:${index}`));
      await using many = t.cache.lock(names.slice(1));
      expect([await tryAcquire(many), await many.owned()]).toEqual([true, true]);
      expect(() => t.cache.lock(names)).toThrow('can have 1000 at most, not 1001');
    });

    it('needs one slot on a cluster, and says so', async () => {
      const apart = t.cache.lock(['a', 'b']);
      if (!t.isSlotted) return apart.using(() => undefined);
      await expect(apart.acquire()).rejects.toThrow(CrossSlotError);
      await expect(apart.acquire()).rejects.toThrow('"a" and "b" are in different slots: give them the same hash tag');
      await expect(apart.locked()).rejects.toThrow(CrossSlotError);
      expect(await t.cache.lock('a').locked()).toBe(false);
      return undefined;
    });
  });
});
