import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, type MockInstance } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { waitFor } from '../servers/wait-for.js';
import { topologies } from '../contract/topologies.js';
import { copiesOf, isKept, keep, openTracked, told } from './tracked.js';
import { ways, withoutHello } from './ways.js';
import { now, Writer } from './writer.js';

const remote = topologies
  .filter(({ name, untold }) => !untold && name !== 'embedded engine')
  .flatMap(({ name, isResp3Alone }) => (isResp3Alone ? [[name, 'RESP3']] : ways.map(({ way }) => [name, way])));

let writer: Writer;

beforeAll(async () => {
  writer = await Writer.start();
});
afterAll(() => writer.end());

describe.each(remote)('tracking on %s, over %s', (topology, way) => {
  const keyPrefix = randomUUID();
  let cache: CachexService;
  /** Stands for another process: with separate connections, and without local copies. */
  let other: CachexService;
  let hello: MockInstance | undefined;

  beforeAll(async () => {
    if (way === 'RESP2') hello = withoutHello();
    const options = { connection: inject('connections')[topology]!, keyPrefix };
    [cache, other] = await Promise.all([openTracked(options), openCache(options)]);
    other.registerScript('write', "return redis.call('SET', KEYS[1], ARGV[1])");
  });
  afterAll(async () => {
    await other.clear();
    await Promise.all([cache.close(), other.close()]);
    hello?.mockRestore();
  });

  describe('keeps values', () => {
    beforeEach(async () => {
      await told(cache, ['{k}'], other.set('{k}', { from: 'elsewhere' }));
    });

    it('on every node, for get, getMany and getOrSet', async () => {
      const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
      await told(cache, keys, other.setMany(keys.map((key, index) => [key, { index }] as const)));
      await waitFor(
        async () => {
          await cache.getMany(keys);
          return keys.every((key) => isKept(cache, key));
        },
        { what: 'copies of all keys' },
      );
      const entries = copiesOf(cache).entries;
      for (const [index, key] of keys.entries()) {
        expect(await cache.get(key)).toEqual({ index });
        expect(await cache.getOrSet(key, 'never')).toEqual({ index });
      }
      expect(copiesOf(cache).entries).toBe(entries);
      await told(cache, keys, other.deleteMany(keys));
      expect(keys.some((key) => isKept(cache, key))).toBe(false);
      expect((await cache.getMany(keys)).size).toBe(0);
    });

    it('that no caller can change', async () => {
      const first = await cache.get<{ from: string }>('{k}');
      first!.from = 'changed';
      const second = await cache.get<{ from: string }>('{k}');
      expect(second).toEqual({ from: 'elsewhere' });
      second!.from = 'changed';
      const [third] = (await cache.getMany<{ from: string }>(['{k}'])).values();
      expect(third).toEqual({ from: 'elsewhere' });
      expect(await cache.getOrSet('{k}', 'never')).not.toBe(third);
    });

    it.each<[string, () => Promise<unknown>, unknown]>([
      ['set', () => other.set('{k}', 1), 1],
      ['delete', () => other.delete('{k}'), undefined],
      ['expire', () => other.pexpire('{k}', 1), undefined],
      ['rename', () => other.set('{k}2', 1).then(() => other.rename('{k}2', '{k}')), 1],
      ['script', () => other.evalScript('write', ['{k}'], [1]), 1],
      ['transaction', () => other.pipeline({ transaction: true }).set('{k}', 1).execute(), 1],
      ['clear', () => other.clear(), undefined],
    ])('until another process changes them: %s', async (_, change, after) => {
      await keep(cache, '{k}');
      await told(cache, ['{k}'], change());
      await expect.poll(() => cache.get('{k}'), { interval: 1 }).toEqual(after);
    });
  });

  // The median, because a busy machine may stand still now and then.
  it('sees a write of another process within 50 ms', async () => {
    await writer.open({ connection: inject('connections')[topology]!, keyPrefix });
    // A key for each round: the reports about one do not affect the others.
    const keys = Array.from({ length: 100 }, (_, round) => `seen${round}`);
    await told(cache, keys, other.setMany(keys.map((key) => [key, 'before'] as const)));
    const took: number[] = [];
    for (const key of keys) {
      await keep(cache, key);
      const acknowledged = writer.write(key, 'after');
      await expect.poll(() => cache.get(key), { interval: 1 }).toBe('after');
      const seenAt = now();
      took.push(seenAt - (await acknowledged));
    }
    expect(took.toSorted((a, b) => a - b)[50]).toBeLessThan(50);
  });

  it('reads its own writes', async () => {
    for (let round = 0; round < 20; round++) {
      const key = `own${round % 3}`;
      await cache.get(key);
      await cache.set(key, round);
      expect(await cache.get(key)).toBe(round);
      await cache.pipeline().incr(key).execute();
      expect(await cache.get(key)).toBe(round + 1);
      await cache.getMany([key]);
      await cache.delete(key);
      expect(await cache.get(key)).toBeUndefined();
    }
  });

  it('distinguishes versions', async () => {
    await other.set('v', 2, { version: 2 });
    await told(cache, ['v'], other.set('v', 1));
    const second = cache.withVersion(2);
    for (let i = 0; i < 2; i++) expect([await cache.get('v'), await second.get('v')]).toEqual([1, 2]);
    const isKeptBesideAChange = async (): Promise<boolean> => {
      await Promise.all([keep(cache, 'v'), keep(second, 'v')]);
      await told(second, ['v'], other.set('v', 3, { version: 2 }));
      return isKept(cache, 'v');
    };
    // On a cluster it takes a moment: replicas report the first changes later.
    await expect.poll(isKeptBesideAChange).toBe(true);
    expect(await second.get('v')).toBe(3);
  });
});
