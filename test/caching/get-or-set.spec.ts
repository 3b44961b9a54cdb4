import { describe, expect, it, vi } from 'vitest';
import { type Factory, type FactoryContext, FactoryTimeoutError, WrongTypeError } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';
import { leftOf } from '../left-of.js';

expectNoUnhandledRejections();

onEveryTopology((t) => {
  const flights = () => t.cache['caching']['flights'];

  describe('getOrSet', () => {
    it('returns the factory’s value, and stores it', async () => {
      const factory = vi.fn<() => Promise<{ name: string }>>(async () => ({ name: 'Ada' }));
      expect(await t.cache.getOrSet(t.key(), factory, 60)).toEqual({ name: 'Ada' });
      expect(await t.cache.get(t.key())).toEqual({ name: 'Ada' });
      expect(await t.cache.ttl(t.key())).toEqual(leftOf(60));
      expect(await t.cache.getOrSet(t.key(), factory)).toEqual({ name: 'Ada' });
      expect(factory).toHaveBeenCalledTimes(1);
    });

    it('leaves no unhandled rejection of a promise in place of a factory, and does not start lazy work', async () => {
      const failing = (): Promise<string> => Promise.reject(new Error('no database'));
      await expect(t.cache.getOrSet(t.key(), failing())).rejects.toThrow('no database');
      await expect(t.cache.getOrSet('', failing())).rejects.toThrow(TypeError);
      expect(await t.cache.getOrSet(t.key(), Promise.resolve('made'))).toBe('made');
      expect(await t.cache.getOrSet(t.key(), failing())).toBe('made');
      expect(await t.cache.get(t.key(), { default: failing() })).toBe('made');
      const then = vi.fn<(resolve: (value: string) => void) => void>((resolve) => resolve('queried'));
      const query = { then } as unknown as string;
      expect(await t.cache.getOrSet(t.key(), query)).toBe('made');
      expect(then).not.toHaveBeenCalled();
      expect(await t.cache.getOrSet(t.key('query'), query)).toBe('queried');
      expect(then).toHaveBeenCalledTimes(1);
    });

    it('accepts a value in place of a factory, and uses the module’s timeout by default', async () => {
      expect(await t.cache.getOrSet(t.key(), 'first')).toBe('first');
      expect(await t.cache.getOrSet(t.key(), 'second')).toBe('first');
      expect(await t.cache.ttl(t.key())).toEqual(leftOf(300));
    });

    it.each([null, 0, '', false, 1.5, 10n ** 20n])('takes a stored %s for a hit', async (value) => {
      await t.cache.set(t.key(), value);
      const factory = vi.fn<() => unknown>();
      expect(await t.cache.getOrSet(t.key(), factory)).toBe(value);
      expect(factory).not.toHaveBeenCalled();
    });

    it('stores null, and returns undefined without storing it', async () => {
      expect(await t.cache.getOrSet(t.key('null'), () => null)).toBeNull();
      expect(await t.cache.get(t.key('null'))).toBeNull();
      expect(await t.cache.getOrSet(t.key('undefined'), () => undefined)).toBeUndefined();
      expect(await t.cache.hasKey(t.key('undefined'))).toBe(false);
    });

    it('keeps versions apart, and shares a view’s with the service', async () => {
      const second = t.cache.withVersion(2);
      expect(await t.cache.getOrSet(t.key(), 'one')).toBe('one');
      expect(await second.getOrSet(t.key(), 'two')).toBe('two');
      expect(await t.cache.getOrSet(t.key(), 'three', { version: 2 })).toBe('two');
      await second.clear();
    });

    it('rejects a wrong argument before anything is sent', async () => {
      const factory = vi.fn<() => unknown>();
      await expect(t.cache.getOrSet('', factory)).rejects.toThrow(TypeError);
      await expect(t.cache.getOrSet(t.key(), factory, NaN)).rejects.toThrow(TypeError);
      await expect(t.cache.getOrSet(t.key(), factory, { stampede: null as never })).rejects.toThrow(
        /^stampede must be/,
      );
      await expect(t.cache.getOrSet(t.key(), factory, { hardTimeout: 0 })).rejects.toThrow('hardTimeout');
      await expect(t.cache.getOrSet(t.key(), factory, { jitter: null })).rejects.toThrow('jitter');
      expect(factory).not.toHaveBeenCalled();
    });

    it('fails if the key holds another type', async () => {
      await t.cache.sadd(t.key(), 1);
      const factory = vi.fn<() => unknown>();
      await expect(t.cache.getOrSet(t.key(), factory)).rejects.toThrow(WrongTypeError);
      expect(factory).not.toHaveBeenCalled();
    });
  });

  describe('concurrent callers', () => {
    it('of a missing key run the factory once, through views too', async () => {
      const view = t.cache.withVersion(t.cache.version);
      const factory = vi.fn<() => Promise<{ at: Date }>>(async () => ({ at: new Date(0) }));
      const calls = Array.from({ length: 200 }, (_, index) =>
        (index % 2 ? view : t.cache).getOrSet(t.key(), factory, 60),
      );
      expect(flights().size).toBe(1);
      const values = await Promise.all(calls);
      expect(factory).toHaveBeenCalledTimes(1);
      for (const value of values) expect(value).toStrictEqual({ at: new Date(0) });
      expect(flights().size).toBe(0);
    });

    it('share no object', async () => {
      const made = { list: [1] };
      const values = await Promise.all(Array.from({ length: 5 }, () => t.cache.getOrSet(t.key(), () => made)));
      expect(values.filter((value) => value === made)).toHaveLength(1);
      expect(new Set(values.map((value) => value.list)).size).toBe(5);
    });

    it('share none that is not stored either', async () => {
      const skipped = await Promise.all(
        Array.from({ length: 3 }, () =>
          t.cache.getOrSet(t.key(), ({ skip }) => {
            skip();
            return { n: 1 };
          }),
        ),
      );
      expect(skipped).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
      expect(new Set(skipped).size).toBe(3);
    });

    it('get the very error that the factory threw; nothing of it is kept', async () => {
      const failure = new Error('no database');
      const factory = vi.fn<() => Promise<never>>(() => Promise.reject(failure));
      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, () => t.cache.getOrSet(t.key(), factory, 60)),
      );
      expect(factory).toHaveBeenCalledTimes(1);
      for (const outcome of outcomes) expect((outcome as PromiseRejectedResult).reason).toBe(failure);
      expect(await t.cache.hasKey(t.key())).toBe(false);
      expect(flights().size).toBe(0);
      expect(await t.cache.getOrSet(t.key(), () => 'better')).toBe('better');
    });

    it.each([['skip()'], ['nothing']])(
      'get none that another has changed, however late they come: after %s',
      async (what) => {
        const { executor } = t.cache as unknown as {
          executor: { execute(command: { name: string }): Promise<unknown> };
        };
        const execute = executor.execute.bind(executor);
        const held = deferred<void>();
        const load: Factory<{ viewer: string }> = async ({ skip }) => {
          if (what === 'skip()') skip();
          return { viewer: '' };
        };
        const spy = vi.spyOn(executor, 'execute').mockImplementationOnce(async (command) => {
          const answer = await execute(command);
          await held.promise;
          return answer;
        });
        const late = t.cache.getOrSet(t.key(), load);
        const page = await t.cache.getOrSet(t.key(), load);
        page.viewer = 'ann';
        held.resolve();
        expect(await late).toEqual({ viewer: '' });
        spy.mockRestore();
      },
    );

    it('each run the factory if its value cannot be copied', async () => {
      const made = [
        () => new Response('body'),
        () => [1, 2, 3].values(),
        () =>
          (function* () {
            yield 1;
          })(),
        () => ({ close: () => undefined }),
        () => () => 'function',
        () =>
          new Proxy(
            {},
            {
              ownKeys: () => {
                throw new Error('no keys');
              },
            },
          ),
      ];
      for (const [index, make] of made.entries()) {
        const factory = vi.fn<() => Promise<unknown>>(async () => make());
        const key = t.key(`${index}`);
        const values = await Promise.all(Array.from({ length: 3 }, () => t.cache.getOrSet(key, factory)));
        expect(new Set(values).size).toBe(3);
        expect(factory).toHaveBeenCalledTimes(3);
        expect(await t.cache.hasKey(key)).toBe(false);
      }
    });

    it('get anything that was thrown, unchanged', async () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      const thrown: unknown[] = [
        Object.create(null),
        undefined,
        Symbol('s'),
        Object.freeze(new Error('frozen')),
        proxy,
      ];
      for (const [index, what] of thrown.entries()) {
        const key = t.key(`${index}`);
        const failing = (): Promise<never> => Promise.reject(what as Error);
        for (const options of [{}, { grace: '1h', lock: true, tags: ['t'], hardTimeout: '10s' }] as const) {
          const outcomes = await Promise.allSettled([1, 2].map(() => t.cache.getOrSet(key, failing, options)));
          for (const outcome of outcomes) expect(Object.is((outcome as PromiseRejectedResult).reason, what)).toBe(true);
        }
      }
    });

    it('get the error of a factory that throws synchronously', async () => {
      const factory = (): string => {
        throw new RangeError('at once');
      };
      await expect(t.cache.getOrSet(t.key(), factory)).rejects.toThrow(RangeError);
    });

    it('a caller that arrives while the factory runs waits for it', async () => {
      const value = deferred<string>();
      const factory = vi.fn<() => Promise<string>>(() => value.promise);
      const first = t.cache.getOrSet(t.key(), factory);
      await vi.waitFor(() => expect(factory).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
      const second = t.cache.getOrSet(t.key(), factory);
      await t.cache.hasKey(t.key());
      value.resolve('made');
      expect(await Promise.all([first, second])).toEqual(['made', 'made']);
      expect(factory).toHaveBeenCalledTimes(1);
    });

    it('a caller that read before the value was stored, and continues afterwards, runs no factory', async () => {
      const { executor } = t.cache as unknown as { executor: { execute(command: { name: string }): Promise<unknown> } };
      const execute = executor.execute.bind(executor);
      const held = deferred<void>();
      const spy = vi.spyOn(executor, 'execute');
      spy.mockImplementationOnce(async (command) => {
        const answer = await execute(command);
        await held.promise;
        return answer;
      });
      const factory = vi.fn<() => string>(() => 'made');
      const slow = t.cache.getOrSet(t.key(), factory);
      expect(await t.cache.getOrSet(t.key(), factory)).toBe('made');
      held.resolve();
      expect(await slow).toBe('made');
      expect(factory).toHaveBeenCalledTimes(1);
      spy.mockRestore();
    });
  });

  describe('the context', () => {
    it('names the key, and can change the time to live', async () => {
      const value = await t.cache.getOrSet(
        t.key(),
        ({ key, setTimeout }) => {
          setTimeout('5s');
          return key;
        },
        { timeout: '1h' },
      );
      expect(value).toBe(t.key());
      expect(await t.cache.ttl(t.key())).toEqual(leftOf(5));
    });

    it('may be spread', async () => {
      const load = (context: FactoryContext): string => {
        const { key, signal, ...rest } = { ...context, more: 1 };
        rest.setTimeout('5s');
        rest.setTags([t.key('tag')]);
        expect(signal).toBe(context.signal);
        expect(Object.keys(rest)).toEqual(['staleValue', 'setTimeout', 'setTags', 'skip', 'more']);
        return key;
      };
      expect(await t.cache.getOrSet(t.key(), load, { setsTags: true })).toBe(t.key());
      expect(await t.cache.ttl(t.key())).toEqual(leftOf(5));
      await t.cache.invalidateTags([t.key('tag')]);
      expect(await t.cache.hasKey(t.key())).toBe(false);
    });

    it.each([
      ['skip()', { call: (context: { skip(): void }) => context.skip() }],
      ['setTimeout(0)', { call: (context: { setTimeout(timeout: number): void }) => context.setTimeout(0) }],
    ])('%s leaves the value unstored', async (_, { call }) => {
      const value = await t.cache.getOrSet(t.key(), (context) => {
        call(context);
        return 'made';
      });
      expect(value).toBe('made');
      expect(await t.cache.hasKey(t.key())).toBe(false);
    });

    it('refuses an invalid timeout: the error is the factory’s', async () => {
      const factory = ({ setTimeout }: { setTimeout(timeout: number): void }) => setTimeout(NaN);
      await expect(t.cache.getOrSet(t.key(), factory)).rejects.toThrow(TypeError);
    });
  });

  describe('jitter', () => {
    it('subtracts a random part of the time to live, never more than that', async () => {
      const random = vi.spyOn(Math, 'random');
      for (const [fraction, ms] of [
        [0, 60_000],
        [0.5, 55_000],
        [0.999_999, 50_000],
      ] as const) {
        random.mockReturnValue(fraction);
        await t.cache.getOrSet(t.key(`${fraction}`), 'value', { timeout: 60, jitter: 10 });
        const left = await t.cache.pttl(t.key(`${fraction}`));
        expect(left).toBeLessThanOrEqual(ms);
        expect(left).toBeGreaterThan(ms - 2_000);
      }
      random.mockRestore();
      await t.cache.getOrSet(t.key('short'), 'value', { timeout: 1, jitter: '1h' });
      await t.cache.getOrSet(t.key('never'), 'value', { timeout: null, jitter: 10 });
      expect(await t.cache.ttl(t.key('never'))).toBe(-1);
    });
  });

  describe('hardTimeout', () => {
    it('ends the wait, aborts the signal, and drops a late value', async () => {
      const value = deferred<string>();
      let signal: AbortSignal | undefined;
      const factory = vi.fn<Factory<string>>((context) => {
        signal = context.signal;
        return value.promise;
      });
      const calls = Array.from({ length: 3 }, () => t.cache.getOrSet(t.key(), factory, { hardTimeout: '50ms' }));
      const outcomes = await Promise.allSettled(calls);
      const reasons = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason as Error);
      expect(reasons[0]).toBeInstanceOf(FactoryTimeoutError);
      expect(reasons[0]!.message).toContain(t.key());
      expect(signal!.aborted).toBe(true);
      expect(signal!.reason).toBe(reasons[0]);
      value.resolve('late');
      await vi.waitFor(() => expect(flights().size).toBe(0), { interval: 1, timeout: 20_000 });
      expect(await t.cache.getOrSet(t.key(), 'next')).toBe('next');
      expect(await t.cache.get(t.key())).toBe('next');
    });

    it('is each caller’s own, even while it waits for another’s factory', async () => {
      const value = deferred<string>();
      const patient = t.cache.getOrSet(t.key(), () => value.promise);
      const call = t.cache.getOrSet(t.key(), 'never', { hardTimeout: '20ms' });
      await expect(call).rejects.toThrow(FactoryTimeoutError);
      value.resolve('in time');
      expect(await patient).toBe('in time');
    });

    it('leaves no unhandled rejection of a factory that fails late', async () => {
      // The factory sets it: on a slow machine the time may be over before the factory runs.
      let fail: ((reason: Error) => void) | undefined;
      const factory = () => new Promise<string>((_, reject) => void (fail = reject));
      const call = t.cache.getOrSet(t.key(), factory, { hardTimeout: '100ms' });
      await expect(call).rejects.toThrow(FactoryTimeoutError);
      fail?.(new Error('late'));
      expect(await t.cache.hasKey(t.key())).toBe(false);
    });

    it('does not affect a factory in time', async () => {
      expect(await t.cache.getOrSet(t.key(), async () => 'in time', { hardTimeout: '10s' })).toBe('in time');
    });
  });
});
