import { describe, expect, it } from 'vitest';
import { openCache } from '../open-cache.js';
import { withoutLua } from './without-lua.js';

describe('getOrSet on the embedded engine without wasmoon-lua5.1', () => {
  withoutLua();

  it('stores its value on a miss, and in place of a stale copy', async () => {
    const cache = await openCache({ connection: 'memory://' });
    expect(await cache.getOrSet('key', () => 1, { timeout: '20ms', grace: '1h' })).toBe(1);
    await expect.poll(() => cache.get('key'), { interval: 5 }).toBeUndefined();
    expect(await cache.getOrSet('key', () => 2, { timeout: '1h', grace: '1h' })).toBe(2);
    expect(await cache.get('key')).toBe(2);
    await cache.close();
  });

  it('stores many, some of them in place of stale copies', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const options = { timeout: '20ms', grace: '1h' } as const;
    await cache.getOrSet('stale', () => 1, options);
    await expect.poll(() => cache.get('stale'), { interval: 5 }).toBeUndefined();
    const load = (keys: string[]) => keys.map(() => 2);
    await cache.getOrSetMany(['missing', 'stale', 'other'], load, { ...options, timeout: '1h' });
    expect([...(await cache.getMany(['missing', 'stale', 'other'])).values()]).toEqual([2, 2, 2]);
    await cache.close();
  });
});
