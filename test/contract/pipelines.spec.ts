import { describe, expect, expectTypeOf, it } from 'vitest';
import { PipelineError, SerializerError, WrongTypeError } from '../../lib/index.js';
import { onEveryTopology } from './contract.js';

interface User {
  name: string;
}

onEveryTopology((t) => {
  describe.each([false, true])('with transaction: %j', (transaction) => {
    it('returns a typed tuple in the order queued', async () => {
      const results = await t.cache
        .pipeline({ transaction })
        .set(t.key('a'), 1)
        .hset(t.key('h'), 'f', { name: 'Ada' })
        .hget<User>(t.key('h'), 'f')
        .llen(t.key('l'))
        .zrange<string>(t.key('z'), 0, -1, { withScores: true })
        .execute();
      expectTypeOf(results).toEqualTypeOf<[boolean, number, User | undefined, number, [string, number][]]>();
      expect(results).toEqual([true, 1, { name: 'Ada' }, 0, []]);
    });

    it('works in statement style', async () => {
      const pipe = t.cache.pipeline({ transaction });
      for (let index = 0; index < 5; index++) pipe.set(t.key(`k${index}`), index);
      pipe.incr(t.key('k4'));
      expect(pipe.length).toBe(6);
      expect(await pipe.execute()).toEqual([true, true, true, true, true, 5]);
    });

    it('can be used again, and returns [] if empty', async () => {
      const pipe = t.cache.pipeline({ transaction });
      expect(await pipe.execute()).toEqual([]);
      pipe.set(t.key(), 1);
      expect(await pipe.execute()).toEqual([true]);
      expect(await pipe.execute()).toEqual([]);
      pipe.get(t.key());
      expect(await pipe.execute()).toEqual([1]);
    });

    it('runs the other commands if one fails, and throws with all results', async () => {
      await t.cache.sadd(t.key('set'), 1);
      const pipe = t.cache.pipeline({ transaction });
      pipe.set(t.key('a'), 1).get(t.key('set')).incr(t.key('a')).hgetall(t.key('set'));
      const error = await pipe.execute().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PipelineError);
      const { results, index, message, code } = error as PipelineError;
      expect(index).toBe(1);
      expect(code).toBe('CACHEX_PIPELINE');
      expect(results[0]).toBe(true);
      expect(results[1]).toBeInstanceOf(WrongTypeError);
      expect(results[2]).toBe(2);
      expect(results[3]).toBeInstanceOf(WrongTypeError);
      expect(message).toContain(`GET "${t.key('set')}"`);
      expect(await t.cache.get(t.key('a'))).toBe(2);
    });

    it('returns errors in their places with throwOnError: false', async () => {
      await t.cache.sadd(t.key('set'), 1);
      const results = await t.cache
        .pipeline({ transaction })
        .get<string>(t.key('set'))
        .set(t.key(), 1)
        .execute({ throwOnError: false });
      expect(results[0]).toBeInstanceOf(WrongTypeError);
      expect(results[1]).toBe(true);
    });

    it('a stored Error is a result, not a failure', async () => {
      await t.cache.set(t.key(), new Error('stored'));
      const [stored] = await t.cache.pipeline({ transaction }).get<Error>(t.key()).execute();
      expect(stored).toBeInstanceOf(Error);
      expect(stored?.message).toBe('stored');
    });

    it('refuses bad input when it is queued; earlier commands stay queued, and nothing is sent', async () => {
      const pipe = t.cache.pipeline({ transaction });
      pipe.set(t.key('a'), 1);
      expect(() => pipe.set('', 1)).toThrow(TypeError);
      expect(() => pipe.set(t.key('b'), () => 1)).toThrow(SerializerError);
      expect(() => pipe.set(t.key('b'), 1, NaN)).toThrow(TypeError);
      expect(await t.cache.hasKey(t.key('a'))).toBe(false);
      expect(await pipe.execute()).toEqual([true]);
    });

    it('stores values as they were when queued', async () => {
      const value = { n: 1 };
      const pipe = t.cache.pipeline({ transaction }).set(t.key(), value);
      value.n = 2;
      await pipe.execute();
      expect(await t.cache.get(t.key())).toEqual({ n: 1 });
    });

    it('returns empty answers in their places without asking', async () => {
      const results = await t.cache.pipeline({ transaction }).sadd(t.key()).set(t.key('a'), 1).hmget(t.key()).execute();
      expect(results).toEqual([0, true, []]);
    });

    it('accepts a version for all, and one per call', async () => {
      await t.cache
        .pipeline({ transaction, version: 7 })
        .set(t.key(), 'seven')
        .set(t.key(), 'eight', { version: 8 })
        .execute();
      expect(await t.cache.get(t.key(), { version: 7 })).toBe('seven');
      expect(await t.cache.get(t.key(), { version: 8 })).toBe('eight');
      expect(await t.cache.withVersion(8).pipeline({ transaction }).get(t.key()).execute()).toEqual(['eight']);
    });

    it('holds thousands of commands', async () => {
      const pipe = t.cache.pipeline({ transaction });
      for (let index = 0; index < 5000; index++) pipe.incr(t.key());
      const results = await pipe.execute<number[]>();
      expect(results).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1));
    });
  });

  it('a transaction lets no other command in between', async () => {
    const rounds = Array.from({ length: 50 }, async () => {
      const [first, second] = await t.cache.pipeline({ transaction: true }).incr(t.key()).incr(t.key()).execute();
      expect(second).toBe(first + 1);
    });
    await Promise.all(rounds);
    expect(await t.cache.get(t.key())).toBe(100);
  });

  it('a transaction that the server refuses runs none of its commands', async () => {
    const pipe = t.cache.pipeline({ transaction: true });
    pipe.set(t.key('a'), 1);
    // No method sends too few arguments; this stands for any refusal by the server.
    pipe['send'](() => ({
      name: 'INCRBY',
      access: 'write',
      args: [t.key('a')],
      reply: { decode: () => 1, missing: () => 0 },
    }));
    const error = await pipe.execute().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PipelineError);
    expect((error as PipelineError).results).toHaveLength(2);
    expect(await t.cache.hasKey(t.key('a'))).toBe(false);
  });
});
