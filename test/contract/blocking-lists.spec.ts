import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { NotSupportedError, WrongTypeError } from '../../lib/index.js';
import { onEveryTopology } from './contract.js';

/** So long that no passing test waits for its end, and so short that a failing one does. */
const long = '10s';

onEveryTopology((t) => {
  describe('blpop and brpop', () => {
    it('return the first or last existing element, with its key', async () => {
      await t.cache.rpush(t.key('list'), { n: 1 }, null, 'last');
      expect(await t.cache.blpop([t.key('empty'), t.key('list')], long)).toEqual([t.key('list'), { n: 1 }]);
      expect(await t.cache.brpop([t.key('list')], null)).toEqual([t.key('list'), 'last']);
      expect(await t.cache.blpop([t.key('list')], long)).toEqual([t.key('list'), null]);
    });

    it('wait for an element', async () => {
      const waiting = t.cache.blpop<number>([t.key('a'), t.key('b')], long);
      await t.cache.rpush(t.key('b'), 7);
      expect(await waiting).toEqual([t.key('b'), 7]);
      expect(await t.cache.llen(t.key('b'))).toBe(0);
    });

    it('return undefined when the time is over, and not before', async () => {
      const start = performance.now();
      expect(await t.cache.blpop([t.key()], '100ms')).toBeUndefined();
      expect(await t.cache.brpop([t.key()], 0.1)).toBeUndefined();
      expect(performance.now() - start).toBeGreaterThan(180);
    });

    it('do not wait with a timeout of 0', async () => {
      await t.cache.rpush(t.key('list'), 'x');
      expect(await t.cache.blpop([t.key('empty'), t.key('list')], 0)).toEqual([t.key('list'), 'x']);
      expect(await t.cache.blpop([t.key('empty'), t.key('list')], 0)).toBeUndefined();
    });

    it('deliver each element to one waiter', async () => {
      const waiting = Array.from({ length: 10 }, () => t.cache.blpop<number>([t.key()], long));
      const numbers = Array.from({ length: 10 }, (_, index) => index);
      await t.cache.rpush(t.key(), ...numbers);
      const values = (await Promise.all(waiting)).map((popped) => popped![1]);
      expect(values.toSorted()).toEqual(numbers);
    });

    it('accept a version', async () => {
      await t.cache.withVersion(2).rpush(t.key(), 'two');
      expect(await t.cache.blpop([t.key()], 0)).toBeUndefined();
      expect(await t.cache.blpop([t.key()], long, { version: 2 })).toEqual([t.key(), 'two']);
    });

    it('refuse anything but lists, timeouts and signals', async () => {
      await t.cache.set(t.key(), 1);
      await expect(t.cache.blpop([t.key()], long)).rejects.toThrow(WrongTypeError);
      await expect(t.cache.blpop([t.key()], 0)).rejects.toThrow(`BLPOP "${t.key()}"`);
      await expect(t.cache.blpop([t.key()], NaN)).rejects.toThrow(TypeError);
      await expect(t.cache.blpop([t.key()], undefined as never)).rejects.toThrow(TypeError);
      await expect(t.cache.blpop([t.key()], 1, { signal: {} as AbortSignal })).rejects.toThrow(TypeError);
      await expect(t.cache.blpop([''], 1)).rejects.toThrow(TypeError);
    });

    it('answer at once without keys', async () => {
      expect(await t.cache.blpop([], null)).toBeUndefined();
    });
  });

  describe('blmove', () => {
    it('moves an element, and waits for one', async () => {
      await t.cache.rpush(t.key('from'), 1, 2);
      expect(await t.cache.blmove(t.key('from'), t.key('to'), 'RIGHT', 'LEFT', long)).toBe(2);
      expect(await t.cache.blmove(t.key('from'), t.key('to'), 'LEFT', 'LEFT', 0)).toBe(1);
      const waiting = t.cache.blmove<number>(t.key('from'), t.key('to'), 'LEFT', 'RIGHT', null);
      await t.cache.rpush(t.key('from'), 3);
      expect(await waiting).toBe(3);
      expect(await t.cache.lrange(t.key('to'), 0, -1)).toEqual([1, 2, 3]);
      expect(await t.cache.blmove(t.key('from'), t.key('to'), 'LEFT', 'RIGHT', '20ms')).toBeUndefined();
      expect(await t.cache.blmove(t.key('from'), t.key('to'), 'LEFT', 'RIGHT', 0)).toBeUndefined();
    });

    it('moves between versions', async () => {
      await t.cache.rpush(t.key(), 'x');
      expect(await t.cache.blmove(t.key(), t.key(), 'LEFT', 'LEFT', long, { versionDst: 2 })).toBe('x');
      expect(await t.cache.lpop(t.key(), undefined, { version: 2 })).toBe('x');
    });
  });

  describe('a signal', () => {
    it('that has already aborted: nothing is sent', async () => {
      await t.cache.rpush(t.key(), 'x');
      const reason = new Error('changed my mind');
      await expect(t.cache.blpop([t.key()], long, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(await t.cache.llen(t.key())).toBe(1);
    });

    it.each([null, long, '1s'])('ends a wait of %j; what comes later stays', async (timeout) => {
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      const { signal } = controller;
      const waits = Promise.allSettled([
        t.cache.blpop([t.key()], timeout, { signal }),
        t.cache.blmove(t.key(), t.key('to'), 'LEFT', 'LEFT', timeout, { signal }),
      ]);
      await sleep(20);
      controller.abort(reason);
      const refused = { status: 'rejected', reason };
      expect(await waits).toEqual([refused, refused]);
      await t.cache.rpush(t.key(), 'x');
      expect(await t.cache.lrange(t.key(), 0, -1)).toEqual(['x']);
    });

    it('ends many waits with one listener, which is removed with the last of them', async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const listeners = (): number => getEventListeners(signal, 'abort').length;
      const waits = Array.from({ length: 12 }, (_, n) => t.cache.blpop([t.key(`${n}`)], long, { signal }));
      await sleep(20);
      expect(listeners()).toBe(1);
      await Promise.all(waits.slice(0, 6).map((_, n) => t.cache.rpush(t.key(`${n}`), n)));
      expect(await Promise.all(waits.slice(0, 6))).toHaveLength(6);
      expect(listeners()).toBe(1);
      controller.abort();
      const ended = await Promise.allSettled(waits.slice(6));
      expect(ended.every(({ status }) => status === 'rejected')).toBe(true);
      expect(listeners()).toBe(0);
    });

    it('rejects like the platform’s own methods', async () => {
      const controller = new AbortController();
      const popped = t.cache.blpop([t.key()], long, { signal: controller.signal });
      controller.abort();
      await expect(popped).rejects.toMatchObject({ name: 'AbortError' });
      const late = t.cache.blpop([t.key()], long, { signal: AbortSignal.timeout(10) });
      await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
    });

    it('that meets an element loses none: it was returned, or is still there', async () => {
      let given = 0;
      const rounds = 40;
      for (let round = 0; round < rounds; round++) {
        const controller = new AbortController();
        const popped = t.cache.blpop([t.key()], long, { signal: controller.signal }).then(
          () => 1,
          () => 0,
        );
        if (round % 2 === 0) await sleep(1);
        const pushed = t.cache.rpush(t.key(), round);
        if (round % 3 === 0) await pushed;
        controller.abort();
        await pushed;
        given += await popped;
      }
      expect((await t.cache.llen(t.key())) + given).toBe(rounds);
    });
  });

  it('pipelines lack them, and send nothing that waits', () => {
    const pipe = t.cache.pipeline();
    expect('blpop' in pipe).toBe(false);
    const blocking = { timeoutMs: null, argument: 1, unit: 'seconds' } as const;
    const reply = { decode: () => 1, missing: () => 0 };
    const build = () => ({ name: 'BLPOP', access: 'write', args: [t.key(), 0], reply, blocking }) as const;
    expect(() => pipe['send'](build)).toThrow(NotSupportedError);
  });
});
