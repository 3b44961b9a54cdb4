import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';

describe('the event loop, while the embedded engine answers at once', () => {
  let cache: CachexService;
  beforeAll(async () => {
    cache = await openCache({ connection: 'memory://' });
    await cache.setMany(Array.from({ length: 20_000 }, (_, n) => [`key:${n}`, n]));
  });
  afterAll(() => cache.close());

  /** Whether other code had a turn before the work was done. */
  async function othersHadATurn(work: (isOver: () => boolean) => Promise<unknown>): Promise<boolean> {
    let turned = false;
    setImmediate(() => (turned = true));
    await work(() => turned);
    return turned;
  }

  it.each([
    ['a row of calls', 100_000, (n: number) => cache.get(`key:${n}`)],
    ['going through all keys', 20, () => cache.keys('nobody')],
    ['reading many', 20, () => cache.getMany(Array.from({ length: 20_000 }, (_, n) => `key:${n}`))],
    ['pipelines', 50_000, () => cache.pipeline().get('key:1').get('key:2').execute()],
  ])('has its turns during %s', async (_, times, call) => {
    const turned = await othersHadATurn(async (isOver) => {
      for (let n = 0; n < times && !isOver(); n++) await call(n);
    });
    expect(turned).toBe(true);
  });

  it('gets its turns without changing the order of answers', async () => {
    const order: number[] = [];
    const numbers = Array.from({ length: 20_000 }, (_, n) => n);
    await Promise.all(numbers.map(async (n) => order.push((await cache.get<number>(`key:${n}`))!)));
    expect(order).toEqual(numbers);
  });
});
