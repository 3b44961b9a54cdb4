import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type CachexLock,
  type CachexSemaphore,
  type CachexService,
  LockError,
  LockNotOwnedError,
  type LockOptions,
  LockTimeoutError,
  SemaphoreError,
  SemaphoreTimeoutError,
} from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';
import { waitFor } from '../servers/wait-for.js';

type Handle = CachexLock | CachexSemaphore;

/** Behaviour that locks share with semaphores and read/write locks. */
const kinds = [
  {
    kind: 'lock',
    space: 'lock',
    open: (cache: CachexService, name: string, options?: LockOptions): Handle => cache.lock(name, options),
    errors: { misused: LockError, lost: LockNotOwnedError, late: LockTimeoutError },
  },
  {
    kind: 'semaphore of 1',
    space: 'sem',
    open: (cache: CachexService, name: string, options?: LockOptions): Handle => cache.semaphore(name, 1, options),
    errors: { misused: SemaphoreError, lost: SemaphoreError, late: SemaphoreTimeoutError },
  },
  {
    kind: 'lock of two names',
    space: 'lock',
    // The brace gives both one hash tag.
    open: (cache: CachexService, name: string, options?: LockOptions): Handle =>
      cache.lock([`${name}} and another`, name], options),
    errors: { misused: LockError, lost: LockNotOwnedError, late: LockTimeoutError },
  },
  {
    kind: 'write lock',
    space: 'own:rw',
    open: (cache: CachexService, name: string, options?: LockOptions): Handle => cache.rwLock(name, options).write(),
    errors: { misused: LockError, lost: LockNotOwnedError, late: LockTimeoutError },
  },
];

const failure = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as Error,
  );

onEveryTopology((t) => {
  describe.each(kinds)('a $kind', ({ open, errors, space }) => {
    const opened: Handle[] = [];
    const handle = (options?: LockOptions, name = t.key('name')): Handle => {
      const made = open(t.cache, name, options);
      opened.push(made);
      return made;
    };
    const wire = (part = ''): string => `${t.cache.toJSON().keyPrefix}:${space}:{1:${t.key('name')}}${part}`;
    /** As an administrator, an eviction or a flush does. */
    const wipe = async (): Promise<void> => {
      await raw(t.cache, 'DEL', wire(), wire(':copy'));
    };

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((each) => each[Symbol.asyncDispose]().catch(() => undefined)));
    });

    it('is held by one handle at a time', async () => {
      const [first, second] = [handle(), handle()];
      expect(await first.locked()).toBe(false);
      expect(await first.acquire()).toBe(true);
      expect(await second.acquire({ blocking: false })).toBe(false);
      expect([await first.owned(), await second.owned()]).toEqual([true, false]);
      expect([await first.locked(), await second.locked()]).toEqual([true, true]);
      await first.release();
      expect(await first.owned()).toBe(false);
      expect(await second.locked()).toBe(false);
      expect(await second.acquire({ blocking: false })).toBe(true);
    });

    it('goes to a waiter when it is released', async () => {
      const [first, second] = [handle(), handle()];
      await first.acquire();
      const waiting = second.acquire();
      await delay(20);
      await first.release();
      expect(await waiting).toBe(true);
      expect([await first.owned(), await second.owned()]).toEqual([false, true]);
    });

    it('is awaited as long as blockingTimeout says, of the handle or of the call', async () => {
      await handle().acquire();
      const timed = async (acquired: Promise<boolean>): Promise<number> => {
        const start = performance.now();
        expect(await acquired).toBe(false);
        return performance.now() - start;
      };
      expect(await timed(handle({ blockingTimeout: 0.08 }).acquire())).toBeGreaterThanOrEqual(75);
      expect(await timed(handle({ blockingTimeout: '1h' }).acquire({ blockingTimeout: '20ms' }))).toBeLessThan(2000);
      // Otherwise both would wait forever.
      await timed(handle({ blocking: false }).acquire());
      await timed(handle({ blockingTimeout: 0 }).acquire());
    });

    it('a waiter that has given up does not get it, and delays nobody', async () => {
      const [first, second] = [handle(), handle({ blockingTimeout: 0.05 })];
      await first.acquire();
      expect(await second.acquire()).toBe(false);
      await first.release();
      expect(await second.owned()).toBe(false);
      expect(await first.acquire({ blockingTimeout: 0.5 })).toBe(true);
    });

    it('a wait ends by its signal, with the reason of it', async () => {
      const [first, second] = [handle(), handle()];
      await first.acquire();
      const controller = new AbortController();
      const waiting = failure(second.acquire({ signal: controller.signal }));
      await delay(20);
      controller.abort(new Error('enough'));
      expect(await waiting).toMatchObject({ message: 'enough' });
      expect(await failure(second.acquire({ signal: controller.signal }))).toMatchObject({ message: 'enough' });
      expect(await failure(second.acquire({ signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' });
      await expect(second.acquire({ signal: 5 as never })).rejects.toThrow('signal must be an AbortSignal');
      await first.release();
      // The queue is empty.
      expect(await first.acquire({ blocking: false })).toBe(true);
    });

    it('refuses calls that do not fit its state, and can be used again', async () => {
      const one = handle();
      expect(await failure(one.release())).toBeInstanceOf(errors.misused);
      expect(await failure(one.release())).not.toBeInstanceOf(LockNotOwnedError);
      expect(await failure(one.extend(1))).toBeInstanceOf(errors.misused);
      expect(await failure(one.reacquire())).toBeInstanceOf(errors.misused);
      expect(() => one.signal).toThrow(errors.misused);
      const [first, second] = await Promise.allSettled([one.acquire(), one.acquire()]);
      expect(first).toMatchObject({ value: true });
      expect(second).toMatchObject({ reason: expect.any(errors.misused) });
      expect(await failure(one.acquire())).toBeInstanceOf(errors.misused);
      const [released, again] = await Promise.allSettled([one.release(), one.release()]);
      expect(released.status).toBe('fulfilled');
      expect(again).toMatchObject({ reason: expect.any(errors.misused) });
      expect(await one.acquire({ blocking: false })).toBe(true);
    });

    it('ends with its lease, and a late release does not affect the new holder', async () => {
      const [first, second] = [handle({ timeout: 0.1 }), handle()];
      await first.acquire();
      expect(await second.acquire({ blockingTimeout: 5 })).toBe(true);
      const error = await failure(first.release());
      expect(error).toBeInstanceOf(errors.lost);
      expect(error.message).toContain('its lease had ended');
      expect(await second.owned()).toBe(true);
      expect(await first.acquire({ blocking: false })).toBe(false);
    });

    it('can be acquired again after a loss, without a release', async () => {
      const one = handle({ timeout: 0.1 });
      await one.acquire();
      const { signal, fencingToken } = one;
      expect(await handle().acquire({ blockingTimeout: 5 })).toBe(true);
      expect(await one.acquire({ blocking: false })).toBe(false);
      await opened[1]!.release();
      expect(await one.acquire()).toBe(true);
      expect([signal.aborted, one.fencingToken! > fencingToken!]).toEqual([true, true]);
    });

    it('reports an end during a standstill before it can be acquired again', async () => {
      const one = handle({ timeout: 0.05 });
      await one.acquire();
      const { signal, fencingToken } = one;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
      const again = one.acquire();
      expect(signal.reason).toBeInstanceOf(errors.lost);
      expect(await again).toBe(true);
      expect(one.fencingToken!).toBeGreaterThan(fencingToken!);
    });

    it('is held until it is released if timeout is null', async () => {
      const one = handle({ timeout: null });
      await one.acquire();
      await one.extend('1h');
      expect(await one.owned()).toBe(true);
      expect(await handle().acquire({ blockingTimeout: 0.05 })).toBe(false);
    });

    it('can be extended by a time, and reset to its full length', async () => {
      const [one, other] = [handle({ timeout: 0.3 }), handle()];
      await one.acquire();
      await one.extend('10s');
      await delay(310);
      expect(await one.owned()).toBe(true);
      await one.reacquire();
      expect(await other.acquire({ blockingTimeout: 5 })).toBe(true);
      expect(await failure(one.extend(1))).toBeInstanceOf(errors.lost);
      expect(await failure(one.reacquire())).toBeInstanceOf(errors.lost);
      expect(await failure(one.release())).toBeInstanceOf(errors.lost);
      expect(await other.owned()).toBe(true);
    });

    it.each([[0], [-1], [NaN], ['soon'], [new Date() as never]])('refuses to be extended by %s', async (timeout) => {
      const one = handle();
      await one.acquire();
      const error = await failure(one.extend(timeout));
      expect(error).not.toBeInstanceOf(errors.misused);
      expect(['TypeError', 'RangeError']).toContain(error.name);
    });

    describe('the lease', () => {
      it('is kept alive without a timeout, or with autoExtend', async () => {
        const one = handle({ timeout: 2, autoExtend: true });
        await one.acquire();
        const { signal } = one;
        const end = async () => performance.now() + (await one['tenure']!['ask']('keep', 0));
        const first = await end();
        await waitFor(async () => (await end()) > first + 300, { what: 'a renewal' });
        expect(await one.owned()).toBe(true);
        expect(signal.aborted).toBe(false);
        await one.release();
        await delay(60);
        expect(signal.aborted).toBe(false);
      });

      it('keeps its extension when it is renewed', async () => {
        const one = handle({ timeout: 1.2, autoExtend: true });
        await one.acquire();
        await one.extend(60);
        await delay(450);
        await one.extend(60);
        const lasts = await one['tenure']!['ask']('keep', 0);
        expect(lasts).toBeGreaterThan(110_000);
      });

      it('that has grown because the server’s clock was set back is corrected by the next renewal', async () => {
        const one = handle({ timeout: 2, autoExtend: true });
        await one.acquire();
        expect(await one['tenure']!['ask']('add', 3_600_000)).toBeGreaterThan(3_600_000);
        await waitFor(async () => (await one['tenure']!['ask']('keep', 0)) <= 2000, { what: 'a renewal' });
        expect(await one.owned()).toBe(true);
      });

      it('aborts the signal when it is over, unless it is renewed', async () => {
        const start = performance.now();
        const one = handle({ timeout: 0.3 });
        await one.acquire();
        const { signal } = one;
        // A busy machine may have let the lease pass.
        expect([false, performance.now() - start > 290]).toContain(signal.aborted);
        await waitFor(() => signal.aborted, { what: 'the signal' });
        expect(signal.reason).toBeInstanceOf(errors.lost);
        expect(await one.owned()).toBe(false);
        expect(one.signal).toBe(signal);
      });

      it('that ended before anybody asked has an aborted signal', async () => {
        const one = handle({ timeout: 0.05 });
        await one.acquire();
        await delay(60);
        expect(one.signal.aborted).toBe(true);
        expect(one.signal.reason).toBeInstanceOf(errors.lost);
      });

      it('is noticed as lost by the next renewal if the server has deleted it', async () => {
        const one = handle({ timeout: 0.3, autoExtend: true });
        await one.acquire();
        const { signal } = one;
        await wipe();
        await waitFor(() => signal.aborted, { what: 'the signal' });
        expect(signal.reason).toBeInstanceOf(errors.lost);
        expect(await failure(one.release())).toBeInstanceOf(errors.lost);
        expect(await one.acquire()).toBe(true);
        expect(one.signal).not.toBe(signal);
        expect(one.signal.aborted).toBe(false);
      });
    });

    it('has a fencing token that grows with every acquisition, even after a loss', async () => {
      const tokens: number[] = [];
      for (let round = 0; round < 20; round++) {
        const one = handle();
        expect(one.fencingToken).toBeUndefined();
        await one.acquire();
        tokens.push(one.fencingToken!);
        await one.release();
        expect(one.fencingToken).toBe(tokens.at(-1));
        if (round % 5 !== 4) continue;
        await raw(t.cache, 'DEL', wire(':fence'));
        // If TIME is refused, the clock has whole milliseconds only.
        await delay(2);
      }
      expect(tokens).toEqual([...new Set(tokens)].toSorted((a, b) => a - b));
      expect(tokens.every(Number.isSafeInteger)).toBe(true);
    });

    it('has a growing fencing token even if the server’s clock goes back', async () => {
      const ahead = (Date.now() + 3_600_000) * 1000;
      await raw(t.cache, 'SET', wire(':fence'), String(ahead));
      const one = handle();
      await one.acquire();
      expect(one.fencingToken).toBe(ahead + 1);
      await one.release();
      await one.acquire();
      expect(one.fencingToken).toBe(ahead + 2);
    });

    describe('using', () => {
      it('holds it while the function runs, and returns its result', async () => {
        const one = handle();
        const result = await one.using(async (held) => {
          expect(held).toBe(one);
          return [await held.owned(), held.fencingToken];
        });
        expect(result).toEqual([true, one.fencingToken]);
        expect(await one.locked()).toBe(false);
      });

      it('releases if the function throws, and its error takes precedence over one of the release', async () => {
        const one = handle();
        const work = async (): Promise<never> => {
          await wipe();
          throw new Error('the work failed');
        };
        expect(await failure(one.using(work))).toMatchObject({ message: 'the work failed' });
        expect(await one.locked()).toBe(false);
        expect(await failure(one.using(() => wipe()))).toBeInstanceOf(errors.lost);
        expect(await one.using(() => 'again')).toBe('again');
      });

      it('does not call the function if it cannot be acquired in time', async () => {
        await handle().acquire();
        const called = (): never => expect.fail('it was called');
        const late = await failure(handle({ blockingTimeout: 0.05 }).using(called));
        expect(late).toBeInstanceOf(errors.late);
        expect(late.message).toContain('within 50 ms');
        expect(await failure(handle({ blocking: false }).using(called))).toBeInstanceOf(errors.late);
      });

      it('lets the function release earlier', async () => {
        const one = handle();
        await one.using(async (held) => {
          await held.release();
          expect(await one.locked()).toBe(false);
        });
      });
    });

    it('is released at the end of its block by await using', async () => {
      {
        await using one = open(t.cache, t.key('name'));
        await one.acquire();
        expect(await one.locked()).toBe(true);
      }
      {
        await using never = open(t.cache, t.key('name'));
        expect(await never.locked()).toBe(false);
      }
    });

    it.each([
      ['spaces and Unicode', 'ä b\n'],
      ['braces', '{a}b{'],
      ['a closing brace in front', '}x'],
      ['empty braces', '{}'],
      ['nothing but colons', ':::'],
      ['more than 250 characters', 'x'.repeat(300)],
    ])('takes a name with %s', async (_, name) => {
      const [first, second] = [handle({}, name), handle({}, name)];
      expect(await first.acquire()).toBe(true);
      const waiting = second.acquire();
      await delay(10);
      await first.release();
      expect(await waiting).toBe(true);
    });

    it('of another version is another one', async () => {
      const [first, second] = [handle({ version: 2 }), handle({ version: 3 })];
      expect(await first.acquire()).toBe(true);
      expect(await second.acquire({ blocking: false })).toBe(true);
      expect(await open(t.cache.withVersion(2), t.key('name')).acquire({ blocking: false })).toBe(false);
    });

    it('is independent of a key of that name, is not listed, and survives clear()', async () => {
      const one = handle();
      await t.cache.set(t.key('name'), 'a value');
      await one.acquire();
      const waiting = handle().acquire({ blockingTimeout: 5 });
      await delay(10);
      expect(await t.cache.get(t.key('name'))).toBe('a value');
      expect((await t.cache.keys()).filter((key) => key.includes(t.key('name')))).toEqual([t.key('name')]);
      await t.cache.clear();
      expect(await one.owned()).toBe(true);
      await one.release();
      expect(await waiting).toBe(true);
    });

    it('leaves nothing behind but its last fencing token, which expires', async () => {
      const [first, second] = [handle(), handle()];
      await first.acquire();
      const waiting = second.acquire();
      const late = handle({ blockingTimeout: 0.05 }).acquire();
      await Promise.all([late, first.release(), waiting]);
      await second.release();
      const parts = ['', ':copy', ':line', ':seen'].map(wire);
      await waitFor(async () => (await raw(t.cache, 'EXISTS', ...parts)) === 0, { what: 'the keys to be gone' });
      expect(await raw(t.cache, 'TTL', wire(':fence'))).toBeGreaterThan(590);
    });

    it.each<[string, LockOptions]>([
      ['timeout: 0', { timeout: 0 }],
      ['a timeout that is none', { timeout: '5 bananas' }],
      ['sleep: 0', { sleep: 0 }],
      ['a blockingTimeout that is none', { blockingTimeout: NaN }],
      ['a version that cannot be', { version: 'a:b' }],
    ])('%s is refused at once', (_, options) => {
      expect(() => open(t.cache, 'name', options)).toThrow(/timeout|sleep|blockingTimeout|version/);
    });

    it('refuses a missing or invalid name at once', () => {
      expect(() => open(t.cache, '')).toThrow(TypeError);
      expect(() => open(t.cache, 5 as never)).toThrow(TypeError);
    });
  });

  it('withLock and using refuse anything but a function before they acquire', async () => {
    const lock = t.cache.lock(t.key('name'));
    await lock.acquire();
    expect(
      await failure(t.cache.withLock(t.key('name'), (() => 'no options') as never, undefined as never)),
    ).toBeInstanceOf(TypeError);
    await lock.release();
  });

  it('withLock is short for using', async () => {
    const result = await t.cache.withLock(t.key('name'), { timeout: 5 }, async (lock) => {
      const late = await failure(t.cache.withLock(t.key('name'), { blocking: false }, () => expect.fail('called')));
      expect(late).toBeInstanceOf(LockTimeoutError);
      return lock.owned();
    });
    expect(result).toBe(true);
    expect(await t.cache.lock(t.key('name')).locked()).toBe(false);
  });

  it('a lock and a semaphore of one name are independent', async () => {
    await using lock = t.cache.lock(t.key('name'));
    await using semaphore = t.cache.semaphore(t.key('name'), 1);
    expect(await lock.acquire({ blocking: false })).toBe(true);
    expect(await semaphore.acquire({ blocking: false })).toBe(true);
  });
});
