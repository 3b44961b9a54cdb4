import { Test, type TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CachexService } from '../../lib/index.js';
import { CachexTesting, CachexTestingModule } from '../../lib/testing/index.js';

interface Step {
  readonly afterMs: number;
  readonly cost: number;
}

const limit = 5;
const windowMs = 1000;
const steps = fc.array(
  fc.record({ afterMs: fc.integer({ min: 0, max: 700 }), cost: fc.integer({ min: 1, max: limit }) }),
  { minLength: 1, maxLength: 60 },
);

describe('a rate limiter compared with a model', () => {
  let app: TestingModule;
  let cache: CachexService;
  let testing: CachexTesting;
  let serial = 0;

  beforeAll(async () => {
    app = await Test.createTestingModule({ imports: [CachexTestingModule.forRoot()] }).compile();
    await app.init();
    [cache, testing] = [app.get(CachexService), app.get(CachexTesting)];
  });
  afterAll(() => app.close());

  /** The time and the cost of each allowed call. */
  async function play(run: readonly Step[], algorithm: 'sliding' | 'gcra') {
    const limiter = cache.rateLimiter('model', { limit, window: windowMs / 1000, algorithm });
    const id = String(++serial);
    const spent: Spent = [];
    for (const { afterMs, cost } of run) {
      if (afterMs > 0) testing.clock.advance(afterMs / 1000);
      const now = testing.clock.now();
      const result = await limiter.consume(id, cost);
      const { remaining } = await limiter.peek(id);
      // A few microseconds later one more may be available.
      expect(remaining - result.remaining).toBeOneOf([0, 1]);
      const used = spent.filter((each) => each.now > now - windowMs).reduce((sum, each) => sum + each.cost, 0);
      const isOnTheEdge = spent.some((each) => each.now === now - windowMs);
      const isKnown = algorithm === 'sliding' && !isOnTheEdge;
      expect(result.allowed).toBe(isKnown ? used + cost <= limit : result.allowed);
      if (result.allowed) spent.push({ now, cost });
      else await expectRoomAfter(limiter, { id, cost }, result.retryAfter);
    }
    return spent;
  }

  type Spent = { now: number; cost: number }[];

  /** Rounded to the millisecond. */
  async function expectRoomAfter(
    limiter: ReturnType<CachexService['rateLimiter']>,
    { id, cost }: { id: string; cost: number },
    retryAfter: number,
  ): Promise<void> {
    expect(retryAfter).toBeGreaterThan(0);
    const again = await limiter.peek(id, cost);
    expect(again.allowed).toBe(false);
    // A few microseconds later.
    expect(retryAfter - again.retryAfter).toBeOneOf([0, 1]);
  }

  it('sliding: allows no more than the limit in any window, and refuses nothing that fits', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        const spent = await play(run, 'sliding');
        for (const { now } of spent) {
          const window = spent.filter((each) => each.now > now - windowMs && each.now <= now);
          expect(window.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gcra: allows no more than limit and burst in any window', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        const spent = await play(run, 'gcra');
        for (const { now } of spent) {
          const window = spent.filter((each) => each.now >= now && each.now < now + windowMs);
          expect(window.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(2 * limit);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('allows again at the announced time, and not before', async () => {
    for (const algorithm of ['sliding', 'gcra'] as const) {
      const limiter = cache.rateLimiter('told', { limit: 3, window: 1, algorithm });
      await limiter.consume(algorithm, 2);
      testing.clock.advance(0.099);
      await limiter.consume(algorithm, 1);
      const { retryAfter } = await limiter.peek(algorithm, 2);
      // Advancing the clock takes one more millisecond.
      testing.clock.advance((retryAfter - 2) / 1000);
      expect(await limiter.peek(algorithm, 2)).toMatchObject({ allowed: false });
      testing.clock.advance(0.0001);
      expect(await limiter.peek(algorithm, 2)).toMatchObject({ allowed: true });
    }
  });
});
