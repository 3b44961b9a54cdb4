import { describe, expect, it, onTestFinished } from 'vitest';
import { leftOf } from '../left-of.js';
import { withoutLua } from '../memory/without-lua.js';
import { openAdmin } from './open-admin.js';

const api = '/api/caches/default';

describe('the page on the embedded engine without wasmoon-lua5.1', () => {
  withoutLua();

  it('keeps the time to live of a field that is edited', async () => {
    const { app, cache, get, post } = await openAdmin();
    onTestFinished(() => app.close());
    await cache.hset('h', 'f', 1);
    await cache.hexpire('h', 600, 'f');
    const { items } = (await get(`${api}/entry`, { key: 'h' })).body as { items: [{ digest: string }] };
    const { digest } = items[0];
    expect((await post(`${api}/entry/items/put`, { key: 'h', type: 'hash', name: 'f', value: 2, digest })).status).toBe(
      200,
    );
    expect([await cache.hget('h', 'f'), await cache.httl('h', 'f')]).toEqual([2, [leftOf(600)]]);
  });
});
