import { expect, it, vi } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';

const make = vi.fn<(key: string, prefix: string, version: number | string) => string>(
  (key, prefix, version) => `${prefix}:${version}:${key}`,
);
const reverse = (wire: string): { key: string; version: string } => {
  const [, version, ...key] = wire.split(':');
  return { key: key.join(':'), version: version! };
};

onEveryTopology(
  (t) => {
    it.each<[string, number, (cache: CachexService, keys: string[]) => Promise<unknown>]>([
      ['get', 1, (cache, [key]) => cache.get(key!)],
      ['set', 1, (cache, [key]) => cache.set(key!, 1)],
      ['add', 1, (cache, [key]) => cache.add(key!, 1)],
      ['getOrSet', 1, (cache, [key]) => cache.getOrSet(key!, () => 1)],
      ['getOrSetMany', 3, (cache, keys) => cache.getOrSetMany(keys, () => [1, 2, 3])],
      ['getMany', 3, (cache, keys) => cache.getMany(keys)],
      ['deleteMany', 3, (cache, keys) => cache.deleteMany(keys)],
      ['a transaction', 1, (cache, [key]) => cache.pipeline({ transaction: true }).get(key!).execute()],
    ])('%s builds the name of a key once', async (_, count, call) => {
      const keys = ['a', 'b', 'c'].map((name) => t.key(name));
      make.mockClear();
      await call(t.cache, keys);
      expect(make).toHaveBeenCalledTimes(count);
    });
  },
  { keyFunction: { make, reverse }, tracking: true },
);
