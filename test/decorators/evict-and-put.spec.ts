import { Injectable, Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Cacheable, CacheEvict, type CacheEvictOptions, CachePut, ConnectionError } from '../../lib/index.js';
import { useApplications } from './harness.js';
import { leftOf } from '../left-of.js';

const apps = useApplications();

afterEach(() => {
  vi.restoreAllMocks();
});

/** A provider whose method evicts with these options. */
async function evicting(
  options: CacheEvictOptions,
  run: (...args: unknown[]) => Promise<unknown> = async () => 'done',
) {
  @Injectable()
  class Users {
    @CacheEvict(options)
    async write(...args: unknown[]): Promise<unknown> {
      return run(...args);
    }
  }
  const { module, cache } = await apps.module({ providers: [Users] });
  await cache.setMany({ 'user:1': 1, 'user:2': 2, 'user:12': 12, 'user:*': 0, users: 3 });
  return { users: module.get(Users), left: async () => (await cache.keys()).toSorted() };
}

describe('@CacheEvict', () => {
  it.each<[string, CacheEvictOptions, unknown[], string[]]>([
    ['a key', { key: 'user:{0}' }, ['1'], ['user:*', 'user:12', 'user:2', 'users']],
    ['keys', { keys: ['users', 'user:{0.id}'] }, [{ id: 2 }], ['user:*', 'user:1', 'user:12']],
    ['keys of a function', { keys: (ids: string[]) => ids }, [['user:1', 'user:2']], ['user:*', 'user:12', 'users']],
    ['a pattern', { pattern: 'user:{0}*' }, ['1'], ['user:*', 'user:2', 'users']],
    ['a pattern with a literal part', { pattern: 'user:{0}' }, ['*'], ['user:1', 'user:12', 'user:2', 'users']],
    ['all', { all: true }, [], []],
    ['a key and a pattern', { key: 'users', pattern: 'user:?' }, [], ['user:12']],
    [
      'a key where its condition holds',
      { key: 'users', condition: (go: boolean) => go },
      [true],
      ['user:*', 'user:1', 'user:12', 'user:2'],
    ],
    [
      'nothing where it does not',
      { all: true, condition: (go: boolean) => go },
      [false],
      ['user:*', 'user:1', 'user:12', 'user:2', 'users'],
    ],
  ])('removes %s', async (_, options, args, rest) => {
    const { users, left } = await evicting(options);
    expect(await users.write(...args)).toBe('done');
    expect(await left()).toEqual(rest);
  });

  it('after the method has succeeded, with the keys of the arguments as they were', async () => {
    const { users, left } = await evicting({ key: 'user:{0.id}' }, async (user) => {
      expect(await left()).toHaveLength(5);
      (user as { id: number }).id = 2;
    });
    await users.write({ id: 1 });
    expect(await left()).toEqual(['user:*', 'user:12', 'user:2', 'users']);
  });

  it('not after the method has failed', async () => {
    const { users, left } = await evicting({ all: true }, async () => Promise.reject(new Error('no')));
    await expect(users.write()).rejects.toThrow('no');
    expect(await left()).toHaveLength(5);
  });

  it('before the method, whatever its outcome', async () => {
    const { users, left } = await evicting({ all: true, when: 'before' }, async () => {
      expect(await left()).toEqual([]);
      throw new Error('no');
    });
    await expect(users.write()).rejects.toThrow('no');
    expect(await left()).toEqual([]);
  });

  it('does not run the method if a key cannot be built', async () => {
    const run = vi.fn<() => Promise<void>>(async () => undefined);
    const { users } = await evicting({ key: 'user:{0.id}' }, run);
    await expect(users.write({})).rejects.toThrow(TypeError);
    expect(run).not.toHaveBeenCalled();
  });

  it.each([
    ['before' as const, 0],
    ['after' as const, 1],
  ])('fails while Redis is away (%s)', async (when, runs) => {
    const run = vi.fn<() => Promise<void>>(async () => undefined);
    const { users } = await evicting({ key: 'users', when }, run);
    await apps.server.kill();
    try {
      await expect(users.write()).rejects.toThrow(ConnectionError);
      expect(run).toHaveBeenCalledTimes(runs);
    } finally {
      await apps.server.start();
    }
  });
});

describe('@CachePut', () => {
  @Injectable()
  class Users {
    @CachePut({ key: 'user:{0}', timeout: '1m', unless: (name: string) => name === 'secret' })
    async rename(_id: number, name: string | undefined): Promise<string | undefined> {
      if (name === '') throw new Error('no name');
      return name;
    }
  }

  it('stores entries that @Cacheable with stampede finds until their own timeout', async () => {
    const load = vi.fn<() => string>(() => 'loaded');
    @Injectable()
    class Rates {
      @Cacheable({ key: 'rate', timeout: '1h', stampede: { delta: 0 } })
      async read(): Promise<string> {
        return load();
      }

      @CachePut({ key: 'rate', timeout: '30s' })
      async write(rate: string): Promise<string> {
        return rate;
      }
    }
    const { module, cache } = await apps.module({ providers: [Rates] });
    const rates = module.get(Rates);
    await rates.write('put');
    expect(await rates.read()).toBe('put');
    expect(load).not.toHaveBeenCalled();
    await cache.delete('rate');
    expect(await rates.read()).toBe('loaded');
    expect(await cache.ttl('rate')).toEqual(leftOf(3600));
    await rates.write('put again');
    expect(await cache.ttl('rate')).toEqual(leftOf(30));
    expect(await rates.read()).toBe('put again');
  });

  it.each([true, { buffer: '1h' }])('puts as the module says, with stampede: %o', async (stampede) => {
    @Injectable()
    class Rates {
      @CachePut({ key: 'rate', timeout: '30s' })
      async write(rate: unknown): Promise<unknown> {
        return rate;
      }
    }
    const { module, cache } = await apps.module({ providers: [Rates] }, { stampede });
    for (const rate of ['put', 7]) {
      await module.get(Rates).write(rate);
      expect(await cache.get('rate', { stampede: { delta: 0 } })).toBe(rate);
      expect(await cache.ttl('rate')).toEqual(leftOf(30));
    }
    expect(await cache.incr('rate')).toBe(8);
  });

  it('runs the method every time and stores its result', async () => {
    const { module, cache } = await apps.module({ providers: [Users] });
    const users = module.get(Users);
    expect([await users.rename(1, 'ada'), await users.rename(1, 'bob')]).toEqual(['ada', 'bob']);
    expect(await cache.get('user:1')).toBe('bob');
    expect(await cache.ttl('user:1')).toEqual(leftOf(60));
  });

  it('stores nothing if the method fails or returns undefined, or unless says so', async () => {
    const { module, cache } = await apps.module({ providers: [Users] });
    const users = module.get(Users);
    await users.rename(1, 'ada');
    await expect(users.rename(1, '')).rejects.toThrow('no name');
    await users.rename(1, undefined);
    await users.rename(1, 'secret');
    expect(await cache.get('user:1')).toBe('ada');
  });

  it('returns the result while Redis is away, and logs that it was not stored', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const { module } = await apps.module({ providers: [Users] });
    await apps.server.kill();
    try {
      expect(await module.get(Users).rename(1, 'ada')).toBe('ada');
    } finally {
      await apps.server.start();
    }
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^Users\.rename: @CachePut could not store "user:1": /));
  });
});
