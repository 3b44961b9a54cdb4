import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type CachexOptions,
  type CachexService,
  ConfigError,
  type KeyFunction,
  resolveOptions,
} from '../../lib/index.js';
import { openCache } from '../open-cache.js';

const tenants = new AsyncLocalStorage<string>();
const scope = () => tenants.getStore();
const opened: CachexService[] = [];

async function open(options: CachexOptions): Promise<CachexService> {
  const cache = await openCache({ scope, ...options });
  opened.push(cache);
  return cache;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((cache) => cache.close()));
});

/** Key functions that ignore the prefix, or mix it with the key. */
const functions: Record<string, KeyFunction> = {
  'nothing but the key': { make: (key) => key, reverse: (key) => ({ key, version: 1 }) },
  'all in one': {
    make: (key, prefix, version) => `${prefix}${version}${key}`,
    reverse: (wire) => ({ key: wire.slice('shop1'.length), version: 1 }),
    pattern: (pattern, prefix, version) => `${prefix}${version}${pattern}`,
  },
};

describe.each(Object.entries(functions))('a key function that makes %s', (_, keyFunction) => {
  it('gives each tenant separate keys', async () => {
    const cache = await open({ keyPrefix: 'shop', keyFunction });
    const views = [cache.withScope('a'), cache.withScope('b'), cache.unscoped()];
    for (const [index, view] of views.entries()) await view.set('k', index);
    expect(await Promise.all(views.map((view) => view.get('k')))).toEqual([0, 1, 2]);
    for (const view of views) expect(await view.keys()).toEqual(['k']);
    expect(await views[2]!.clear()).toBe(1);
    expect(await views[0]!.deletePattern('k*')).toBe(1);
    expect(await views[1]!.get('k')).toBe(1);
  });

  it('makes no key that is a lock or tag of the tenant', async () => {
    const cache = (await open({ keyPrefix: 'shop', keyFunction })).withScope('a');
    const lock = cache.lock('stock', { blocking: false, timeout: '1h' });
    await lock.acquire();
    await cache.set('k', 1, { tags: ['users'] });
    expect(await cache.keys()).toEqual(['k']);
    for (const name of ['tag:users', 'lock:{1:stock}']) expect(await cache.delete(name)).toBe(false);
    expect(await cache.get('k')).toBe(1);
    expect(await cache.clear()).toBe(1);
    expect(await cache.lock('stock', { blocking: false }).acquire()).toBe(false);
    await lock.release();
  });

  it('makes no key of a tenant outside of scopes', async () => {
    const cache = await open({ keyPrefix: 'shop', keyFunction: functions['nothing but the key']! });
    await cache.withScope('a').set('k', 1);
    await expect(cache.unscoped().get(cache.withScope('a').makeKey('k'))).rejects.toThrow('reserved for the library');
  });
});

describe('the option scope', () => {
  it('is a function', () => {
    expect(() => resolveOptions({ scope: 'acme' as never })).toThrow(ConfigError);
    expect(() => resolveOptions({ scope: 'acme' as never })).toThrow('scope must be a function');
  });

  it.each([null, 7, {}])('that returns %o is a ScopeError', async (tenant) => {
    const cache = await open({ scope: () => tenant as never });
    await expect(cache.get('k')).rejects.toMatchObject({ code: 'CACHEX_SCOPE' });
    expect(() => cache.withScope(tenant as never)).toThrow('must be a string');
  });

  it('that throws fails the call with its error', async () => {
    const failure = new Error('no context');
    const cache = await open({
      scope: () => {
        throw failure;
      },
    });
    await expect(cache.get('k')).rejects.toBe(failure);
  });

  it('no prefix equals that of another cache’s scope', () => {
    expect(() => resolveOptions({ keyPrefix: 'shop:scope:acme' })).toThrow("must not have 'scope' between colons");
  });

  it('is not affected by ignoreExceptions', async () => {
    const cache = await open({ ignoreExceptions: true });
    await expect(cache.get('k')).rejects.toMatchObject({ code: 'CACHEX_SCOPE' });
    await expect(cache.getOrSet('k', () => 1)).rejects.toMatchObject({ code: 'CACHEX_SCOPE' });
  });

  it('sends nothing without a scope', async () => {
    const cache = await open({ scope: undefined });
    expect(cache.unscoped().makeKey('k')).toBe(cache.makeKey('k'));
    await cache.withScope('a').set('k', 1);
    expect(await cache.get('k')).toBeUndefined();
  });
});
