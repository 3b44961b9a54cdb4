import { describe, expect, it } from 'vitest';
import { type CachexRateLimiter, type CachexService, type RateLimiterOptions } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';

const minuteMs = 60_000;
const algorithms = ['sliding', 'gcra'] as const;

interface Counted {
  readonly algorithm: 'sliding' | 'gcra';
  readonly limiter: string;
  readonly id: string;
}

const wireName = (cache: CachexService, { algorithm, limiter, id }: Counted): string =>
  `${cache.toJSON().keyPrefix}:own:rate:${algorithm}:1:${limiter}:${id}`;

/** Pretends that time has passed for one id. */
async function age(cache: CachexService, { ms, ...counted }: Counted & { readonly ms: number }) {
  const key = wireName(cache, counted);
  const earlier = (time: string): string => (Number(time) - ms * 1000).toFixed(0);
  if ((await raw(cache, 'TYPE', key)) === 'string') {
    await raw(cache, 'SET', key, earlier(String(await raw(cache, 'GET', key))), 'KEEPTTL');
    return;
  }
  const calls = (await raw(cache, 'LRANGE', key, '0', '-1')) as Buffer[];
  for (const [index, call] of calls.entries()) {
    await raw(cache, 'LSET', key, String(index), String(call).replace(/^\d+/, earlier));
  }
}

onEveryTopology((t) => {
  describe.each(algorithms)('a rate limiter, %s', (algorithm) => {
    const name = 'calls';
    const limiter = (options: Partial<RateLimiterOptions> = {}): CachexRateLimiter =>
      t.cache.rateLimiter(name, { limit: 3, window: '1m', algorithm, ...options });

    it('allows the limit, refuses more, and says when to try again', async () => {
      const id = t.key('id');
      const results = [];
      for (let call = 0; call < 4; call++) results.push(await limiter().consume(id));
      expect(results.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
      ]);
      const [first, , , last] = results;
      expect(first).toMatchObject({ limit: 3, retryAfter: 0 });
      const roomMs = algorithm === 'sliding' ? minuteMs : minuteMs / 3;
      expect(last!.retryAfter).toBeGreaterThan(roomMs - 10_000);
      expect(last!.retryAfter).toBeLessThanOrEqual(roomMs);
      expect(last!.resetAfter).toBeGreaterThan(minuteMs - 10_000);
      expect(last!.resetAfter).toBeLessThanOrEqual(minuteMs);
    });

    it('allows more once there is room again', async () => {
      const id = t.key('id');
      await limiter().consume(id, 3);
      const { retryAfter } = await limiter().peek(id);
      await age(t.cache, { algorithm, limiter: name, id, ms: retryAfter });
      expect(await limiter().consume(id)).toMatchObject({ allowed: true });
      await age(t.cache, { algorithm, limiter: name, id, ms: 2 * minuteMs });
      expect(await limiter().consume(id)).toMatchObject({ allowed: true, remaining: 2 });
    });

    it('counts each id, each name and each version separately', async () => {
      const id = t.key('id');
      await limiter().consume(id, 3);
      expect(await limiter().consume(`${id}2`)).toMatchObject({ allowed: true });
      expect(await limiter({ version: 2 }).consume(id)).toMatchObject({ allowed: true });
      const pairs = ['a', 'a:b'].map((each) => t.cache.rateLimiter(each, { limit: 1, window: 60, algorithm }));
      expect(await pairs[0]!.consume(`b:${id}`)).toMatchObject({ allowed: true });
      expect(await pairs[1]!.consume(id)).toMatchObject({ allowed: true });
    });

    it('consumes nothing for a cost that does not fit, nor for a peek', async () => {
      const id = t.key('id');
      await limiter().consume(id, 2);
      expect(await limiter().consume(id, 2)).toMatchObject({ allowed: false, remaining: 1 });
      expect(await limiter().peek(id)).toMatchObject({ allowed: true, remaining: 1, retryAfter: 0 });
      expect(await limiter().peek(id, 2)).toMatchObject({ allowed: false, remaining: 1 });
      expect(await limiter().consume(id, 1)).toMatchObject({ allowed: true, remaining: 0 });
    });

    it('answers for an unknown id', async () => {
      expect(await limiter().peek(t.key('new'))).toEqual({
        allowed: true,
        limit: 3,
        remaining: 3,
        resetAfter: 0,
        retryAfter: 0,
      });
    });

    it('resets the count of an id', async () => {
      const id = t.key('id');
      await limiter().consume(id, 3);
      expect(await limiter().reset(id)).toBe(true);
      expect(await limiter().reset(id)).toBe(false);
      expect(await limiter().consume(id, 3)).toMatchObject({ allowed: true });
    });

    it('leaves nothing behind when its window is over', async () => {
      const id = t.key('id');
      await limiter({ window: '10s' }).consume(id);
      const keptMs = Number(await raw(t.cache, 'PTTL', wireName(t.cache, { algorithm, limiter: name, id })));
      expect(keptMs).toBeGreaterThan(0);
      expect(keptMs).toBeLessThanOrEqual(10_001);
    });

    it('is not affected by clear()', async () => {
      const id = t.key('id');
      await limiter().consume(id, 3);
      await t.cache.clear();
      expect(await limiter().consume(id)).toMatchObject({ allowed: false });
    });

    it.each([
      ['a limit of nothing', { limit: 0 }],
      ['half a call', { limit: 1.5 }],
      ['a window without an end', { window: null }],
      ['no window', { window: 0 }],
      ['another algorithm', { algorithm: 'leaky' as never }],
      ['another answer to outages', { onError: 'ignore' as never }],
      ['options that nobody knows', { max: 3 } as never],
    ])('refuses %s', (_, options) => {
      expect(() => limiter(options)).toThrow(/must|unknown|Options|options/);
    });

    it('refuses a cost that never fits, and invalid ids', async () => {
      await expect(limiter().consume('id', 4)).rejects.toThrow(RangeError);
      await expect(limiter().consume('id', 0)).rejects.toThrow('cost must be at least 1');
      await expect(limiter().consume('')).rejects.toThrow('must not be empty');
      await expect(limiter().consume(7 as never)).rejects.toThrow('must be a string');
      expect(() => t.cache.rateLimiter('', { limit: 1, window: 1 })).toThrow('needs a name');
    });
  });

  it('starts again under another algorithm, as after a deployment that changes it', async () => {
    const id = t.key('id');
    for (const algorithm of [...algorithms, ...algorithms.toReversed()]) {
      const answer = await t.cache.rateLimiter('changed', { limit: 3, window: '1m', algorithm }).consume(id);
      expect(answer).toMatchObject({ allowed: true });
    }
  });

  it('allows as many calls at once as burst says', async () => {
    const id = t.key('id');
    const even = t.cache.rateLimiter('even', { limit: 600, window: '1m', algorithm: 'gcra', burst: 2 });
    const answers = [await even.consume(id), await even.consume(id), await even.consume(id)];
    expect(answers.filter(({ allowed }) => allowed).length).toBeGreaterThanOrEqual(2);
    expect(answers[0]).toMatchObject({ remaining: 1 });
    expect(() => t.cache.rateLimiter('even', { limit: 1, window: 1, burst: 2 })).toThrow(
      "burst needs algorithm: 'gcra'",
    );
  });
});
