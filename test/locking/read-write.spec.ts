import { afterEach, describe, expect, it } from 'vitest';
import { CachexLock, LockNotOwnedError, type LockOptions, LockTimeoutError } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';
import { waitFor } from '../servers/wait-for.js';

onEveryTopology((t) => {
  describe('a read/write lock', () => {
    const opened: CachexLock[] = [];
    const kept = (lock: CachexLock): CachexLock => {
      opened.push(lock);
      return lock;
    };
    const reader = (options?: LockOptions) => kept(t.cache.rwLock(t.key('name'), options).read());
    const writer = (options?: LockOptions) => kept(t.cache.rwLock(t.key('name'), options).write());
    const wire = (part = ''): string => `${t.cache.toJSON().keyPrefix}:own:rw:{1:${t.key('name')}}${part}`;
    const tryAcquire = (lock: CachexLock): Promise<boolean> => lock.acquire({ blocking: false });
    const standing = (count: number): Promise<void> =>
      waitFor(async () => (await raw(t.cache, 'ZCARD', wire(':line'))) === count, { what: 'the line', every: 2 });

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((each) => each[Symbol.asyncDispose]().catch(() => undefined)));
    });

    it('is shared by readers, and held by a writer alone', async () => {
      const readers = Array.from({ length: 20 }, () => reader());
      expect(await Promise.all(readers.map(tryAcquire))).toEqual(readers.map(() => true));
      expect([await reader().locked(), await writer().locked()]).toEqual([false, true]);
      expect(await tryAcquire(writer())).toBe(false);
      await Promise.all(readers.map((each) => each.release()));
      const one = writer();
      expect(await tryAcquire(one)).toBe(true);
      expect([await reader().locked(), await writer().locked()]).toEqual([true, true]);
      expect([await tryAcquire(reader()), await tryAcquire(writer())]).toEqual([false, false]);
      await one.release();
      expect(await tryAcquire(reader())).toBe(true);
    });

    it('lets no reader overtake a writer, so that endless readers do not starve it', async () => {
      const [first, late] = [reader(), reader()];
      await first.acquire();
      const order: string[] = [];
      const writing = t.cache.rwLock(t.key('name')).write();
      const written = writing.using(() => void order.push('writer'));
      await standing(1);
      expect(await tryAcquire(reader())).toBe(false);
      const read = late.acquire().then(() => order.push('reader'));
      await standing(2);
      expect(order).toEqual([]);
      await first.release();
      await Promise.all([written, read]);
      expect(order).toEqual(['writer', 'reader']);
    });

    it('goes to all readers together that a writer has kept waiting, up to the next writer', async () => {
      const one = writer();
      await one.acquire();
      const had: string[] = [];
      const join = async (name: string, lock: CachexLock, position: number): Promise<CachexLock> => {
        const acquired = lock.acquire().then(() => had.push(name));
        acquired.catch(() => undefined);
        await standing(position);
        return lock;
      };
      const a = await join('a', reader(), 1);
      const b = await join('b', reader(), 2);
      const next = await join('writer', writer(), 3);
      await join('c', reader(), 4);
      await one.release();
      await waitFor(() => had.length === 2, { what: 'the readers' });
      expect(had).toEqual(['a', 'b']);
      await a.release();
      expect(await next.owned()).toBe(false);
      await b.release();
      await waitFor(() => had.length === 3, { what: 'the writer' });
      await next.release();
      await waitFor(() => had.length === 4, { what: 'the last reader' });
      expect(had).toEqual(['a', 'b', 'writer', 'c']);
    });

    it('goes to a writer when the leases of vanished readers end', async () => {
      const gone = [reader({ timeout: 0.2 }), reader({ timeout: 0.3 })];
      await Promise.all(gone.map((each) => each.acquire()));
      expect(await writer().acquire({ blockingTimeout: 10 })).toBe(true);
      await expect(gone[0]!.release()).rejects.toThrow(LockNotOwnedError);
    });

    it('tells a reader that it was taken away, and does not affect the others', async () => {
      const [lost, sound] = [reader({ timeout: 1.5, autoExtend: true }), reader({ timeout: 6, autoExtend: true })];
      await lost.acquire();
      const [token] = (await raw(t.cache, 'ZRANGE', wire(), '0', '0')) as [string];
      await sound.acquire();
      const { signal } = lost;
      await raw(t.cache, 'ZREM', wire(), token);
      await raw(t.cache, 'ZREM', wire(':copy'), token);
      await waitFor(() => signal.aborted, { what: 'the signal' });
      expect(signal.reason).toBeInstanceOf(LockNotOwnedError);
      expect([sound.signal.aborted, await sound.owned()]).toEqual([false, true]);
    });

    it('gives readers and writers fencing tokens of one sequence', async () => {
      const tokens: number[] = [];
      for (const one of [writer(), reader(), reader(), writer(), reader()]) {
        await one.using(({ fencingToken }) => tokens.push(fencingToken!));
      }
      expect(tokens).toEqual([...new Set(tokens)].toSorted((a, b) => a - b));
    });

    it('names itself in its errors', async () => {
      await writer().acquire();
      const late = new RegExp(`^Could not acquire read lock ".*name" within 20 ms\\. See `);
      await expect(reader({ blockingTimeout: 0.02 }).using(() => undefined)).rejects.toThrow(LockTimeoutError);
      await expect(reader({ blockingTimeout: 0.02 }).using(() => undefined)).rejects.toThrow(late);
      await expect(writer().release()).rejects.toThrow(/^Write lock ".*name" is not held by this handle\. See /);
    });

    it('is independent of a lock and a semaphore of the same name', async () => {
      await using lock = t.cache.lock(t.key('name'));
      await using slot = t.cache.semaphore(t.key('name'), 1);
      expect([await tryAcquire(lock), await slot.acquire({ blocking: false }), await tryAcquire(writer())]).toEqual([
        true,
        true,
        true,
      ]);
    });

    it('of another version is another one', async () => {
      expect(await tryAcquire(writer({ version: 2 }))).toBe(true);
      expect(await tryAcquire(kept(t.cache.withVersion(3).rwLock(t.key('name')).write()))).toBe(true);
      expect(await tryAcquire(kept(t.cache.withVersion(2).rwLock(t.key('name')).read()))).toBe(false);
    });
  });
});
