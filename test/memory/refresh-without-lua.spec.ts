import Module from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCache } from '../open-cache.js';

type Load = (request: string, ...rest: unknown[]) => unknown;
/** What every `require` goes through. */
const LOAD = '_load';
const loader = Module as unknown as Record<typeof LOAD, Load>;

describe('getOrSet on the embedded engine without wasmoon-lua5.1', () => {
  const { [LOAD]: load } = loader;

  beforeAll(() => {
    loader[LOAD] = function loadAllButLua(request, ...rest) {
      if (request === 'wasmoon-lua5.1') throw Object.assign(new Error('not installed'), { code: 'MODULE_NOT_FOUND' });
      return load.call(this, request, ...rest);
    };
  });

  afterAll(() => {
    loader[LOAD] = load;
  });

  it('stores what it makes at a miss, and in the place of a stale copy', async () => {
    const cache = await openCache({ connection: 'memory://' });
    expect(await cache.getOrSet('key', () => 1, { timeout: '20ms', grace: '1h' })).toBe(1);
    await expect.poll(() => cache.get('key'), { interval: 5 }).toBeUndefined();
    expect(await cache.getOrSet('key', () => 2, { timeout: '1h', grace: '1h' })).toBe(2);
    expect(await cache.get('key')).toBe(2);
    await cache.close();
  });
});
