import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';
import { waitFor } from '../servers/wait-for.js';

/** A waiter that is not woken continues at its next heartbeat. The waiters here send none. */
onEveryTopology((t) => {
  describe('is woken', () => {
    const ends: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0).toReversed()) await end();
    });

    const kept = <L extends AsyncDisposable>(lock: L): L => {
      ends.push(async () => lock[Symbol.asyncDispose]().then(undefined, () => undefined));
      return lock;
    };
    const wire = (name: string): string => `${t.cache.toJSON().keyPrefix}:${name}`;
    const lockKey = (name: string): string => wire(`lock:{1:${name}}`);
    const semaphoreKey = (name: string): string => wire(`sem:{1:${name}}`);
    const readWriteKey = (name: string): string => wire(`own:rw:{1:${name}}`);

    /** A waiter of another process, which listens. */
    const stranger = async (weight = 1) => {
      const { pool } = t.cache['executor'];
      const instance = randomUUID();
      const token = `${instance}:1:${weight}`;
      const heard: string[] = [];
      let isListening = false;
      const subscription = pool.subscribe!(t.cache['locking']['channels'] + instance, {
        onMessage: (message) => void heard.push(message.toString()),
        onListening: () => void (isListening = true),
        onSilence: () => undefined,
      });
      ends.push(() => subscription.close());
      await waitFor(() => isListening, { what: 'the subscription' });
      return {
        stand: async (key: string, place: 'first' | 'last' = 'first') => {
          await raw(t.cache, 'ZADD', `${key}:line`, place === 'first' ? '1' : String(Date.now() + 60_000), token);
          await raw(t.cache, 'ZADD', `${key}:seen`, String(Date.now() + 60_000), token);
        },
        isWoken: async () => {
          await waitFor(() => heard.includes(token), { what: 'the wake-up' });
          return true;
        },
      };
    };

    const standing = (key: string): Promise<void> =>
      waitFor(async () => (await raw(t.cache, 'ZCARD', `${key}:line`)) === 1, { what: 'the line', every: 2 });

    it('the first in the queue of a lock, when it is released', async () => {
      const [name, next] = [t.key('name'), await stranger()];
      const lock = kept(t.cache.lock(name));
      await lock.acquire();
      await next.stand(lockKey(name));
      await lock.release();
      expect(await next.isWoken()).toBe(true);
    });

    it('the first in the queue of a lock, by others who find that its holder has vanished', async () => {
      const [name, next] = [t.key('name'), await stranger()];
      await next.stand(lockKey(name));
      expect(await kept(t.cache.lock(name)).acquire({ blocking: false })).toBe(false);
      expect(await next.isWoken()).toBe(true);
    });

    it('the first in each queue of a lock of several names', async () => {
      const names = [t.key('a'), t.key('b')];
      const lock = kept(t.cache.lock(names));
      await lock.acquire();
      const nexts = await Promise.all([stranger(), stranger()]);
      await Promise.all(nexts.map((next, index) => next.stand(lockKey(names[index]!))));
      await lock.release();
      expect(await Promise.all(nexts.map((next) => next.isWoken()))).toEqual([true, true]);
    });

    it('the first in the queue of a semaphore, when there is room', async () => {
      const [name, next] = [t.key('name'), await stranger()];
      const semaphore = kept(t.cache.semaphore(name, 1));
      await semaphore.acquire();
      await next.stand(semaphoreKey(name));
      await semaphore.release();
      expect(await next.isWoken()).toBe(true);
    });

    it('the first in the queue of a semaphore, by others who find that there is room', async () => {
      const [name, next] = [t.key('name'), await stranger()];
      await next.stand(semaphoreKey(name));
      expect(await kept(t.cache.semaphore(name, 2)).acquire({ blocking: false })).toBe(false);
      expect(await next.isWoken()).toBe(true);
    });

    it('the next in the queue of a semaphore, by the one that has entered, if there is room for both', async () => {
      const [name, next] = [t.key('name'), await stranger()];
      const all = kept(t.cache.semaphore(name, 2, { weight: 2 }));
      await all.acquire();
      const first = kept(t.cache.semaphore(name, 2));
      const acquired = first.acquire();
      await standing(semaphoreKey(name));
      await next.stand(semaphoreKey(name), 'last');
      await all.release();
      await acquired;
      expect(await next.isWoken()).toBe(true);
    });

    it('a reader, by the writer before, and by the reader before', async () => {
      const [name, next] = [t.key('name'), await stranger()];
      const writer = kept(t.cache.rwLock(name).write());
      await writer.acquire();
      await next.stand(readWriteKey(name));
      await writer.release();
      expect(await next.isWoken()).toBe(true);

      const [other, second] = [`${name}:2`, await stranger()];
      const before = kept(t.cache.rwLock(other).write());
      await before.acquire();
      const reading = kept(t.cache.rwLock(other).read()).acquire();
      await standing(readWriteKey(other));
      await second.stand(readWriteKey(other), 'last');
      await before.release();
      await reading;
      expect(await second.isWoken()).toBe(true);
    });
  });
});
