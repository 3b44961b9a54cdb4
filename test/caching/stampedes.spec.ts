import { afterEach, describe, expect, it, vi } from 'vitest';
import { isDue } from '../../lib/caching/xfetch.js';
import { contract, onEveryTopology } from '../contract/contract.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

const stampede = { buffer: 60, beta: 2, delta: 5 };

afterEach(() => void vi.restoreAllMocks());

/** Exp(1) gives this. */
function exponential(value: number): void {
  vi.spyOn(Math, 'random').mockReturnValue(1 - Math.exp(-value));
}

describe('early recomputation', () => {
  it('is due from the timeout on, and before as delta × beta × Exp(1) says', () => {
    const options = { bufferMs: 60_000, beta: 2, deltaMs: 5_000 };
    exponential(1);
    expect(isDue(60_000, options)).toBe(true);
    expect(isDue(69_999, options)).toBe(true);
    expect(isDue(70_001, options)).toBe(false);
    expect(isDue(Infinity, options)).toBe(false);
    exponential(0);
    expect(isDue(60_000, { ...options, beta: 0 })).toBe(true);
    expect(isDue(60_001, { ...options, beta: 0 })).toBe(false);
  });

  it('begins for about every 148th caller five deltas before the timeout', () => {
    const options = { bufferMs: 0, beta: 1, deltaMs: 1000 };
    const due = Array.from({ length: 100_000 }, () => isDue(5000, options)).filter(Boolean).length;
    expect(due / 100_000).toBeGreaterThan(Math.exp(-5) / 1.5);
    expect(due / 100_000).toBeLessThan(Math.exp(-5) * 1.5);
  });
});

contract((t) => {
  describe('stampede', () => {
    it('keeps a value for the buffer longer, and has reads miss it from the timeout on', async () => {
      await t.on.set(t.key(), 'value', { timeout: 30, stampede });
      expect(await t.on.ttl(t.key())).toBe(90);
      exponential(0);
      expect(await t.on.get(t.key(), { stampede })).toBe('value');
      await t.on.pexpire(t.key(), 60_000);
      expect(await t.on.get(t.key(), { stampede, default: 'none' })).toBe('none');
      expect(await t.on.get(t.key())).toBe('value');
      expect(await t.on.get(t.key(), { stampede: false })).toBe('value');
      await t.on.touch(t.key(), 30, { stampede });
      expect(await t.on.get(t.key(), { stampede })).toBe('value');
      expect(await t.on.add(t.key('added'), 'value', { timeout: '1m', stampede })).toBe(true);
      expect(await t.on.ttl(t.key('added'))).toBe(120);
    });

    it('is nothing to values that never expire, expire at once or are not there', async () => {
      exponential(20);
      await t.on.set(t.key(), 'value', { timeout: null, stampede });
      expect(await t.on.get(t.key(), { stampede })).toBe('value');
      expect(await t.on.ttl(t.key())).toBe(-1);
      await t.on.set(t.key(), 'value', { timeout: 0, stampede });
      expect(await t.on.get(t.key(), { stampede })).toBeUndefined();
    });
  });
});

onEveryTopology((t) => {
  describe('stampede', () => {
    it('holds for many keys at once, in the round trip that reads them', async () => {
      await t.cache.setMany({ [t.key('a')]: 1, [t.key('b')]: 2, [t.key('c')]: 3 }, { timeout: 30, stampede });
      expect(await t.cache.ttl(t.key('a'))).toBe(90);
      await t.cache.pexpire(t.key('b'), 60_000);
      exponential(0);
      const trips = vi.spyOn(t.cache['executor'].pool, 'sendAll');
      const keys = ['a', 'b', 'c', 'missing'].map((name) => t.key(name));
      expect([...(await t.cache.getMany<number>(keys, { stampede })).values()]).toEqual([1, 3]);
      expect(trips).toHaveBeenCalledTimes(1);
      expect((await t.cache.getMany(keys)).size).toBe(3);
    });

    it('has getOrSet make a value anew before its timeout', async () => {
      await t.cache.set(t.key(), 'old', { timeout: 30, stampede });
      exponential(2.9);
      expect(await t.cache.getOrSet(t.key(), 'new', { stampede })).toBe('old');
      exponential(3.1);
      expect(await t.cache.getOrSet(t.key(), 'new', { timeout: 30, stampede })).toBe('new');
      expect(await t.cache.ttl(t.key())).toBe(90);
    });

    it('gives the value that is there where it cannot be made anew early', async () => {
      await t.cache.set(t.key(), 'value', { timeout: 30, stampede });
      exponential(20);
      const factory = vi.fn<() => never>(() => {
        throw new Error('no database');
      });
      const onStale = vi.fn<() => void>();
      expect(await t.cache.getOrSet(t.key(), factory, { stampede, onStale })).toBe('value');
      expect(factory).toHaveBeenCalledTimes(1);
      expect(onStale).not.toHaveBeenCalled();
      await t.cache.pexpire(t.key(), 60_000);
      await expect(t.cache.getOrSet(t.key(), factory, { stampede })).rejects.toThrow('no database');
    });
  });

  describe('the module’s stampede', () => {
    it('asks for no time to live where it is off', async () => {
      const send = vi.spyOn(t.cache['executor'].pool, 'send');
      const sendAll = vi.spyOn(t.cache['executor'].pool, 'sendAll');
      await t.cache.get(t.key());
      await t.cache.getOrSet(t.key(), () => 'value');
      expect(send.mock.calls.map(([{ name }]) => name)).toEqual(['GET', 'GET', 'SET']);
      expect(sendAll).not.toHaveBeenCalled();
    });
  });
});

onEveryTopology(
  (t) => {
    it('holds for every call that says nothing', async () => {
      await t.cache.set(t.key(), 'old', 30);
      expect(await t.cache.ttl(t.key())).toBe(40);
      await t.cache.pexpire(t.key(), 10_000);
      expect(await t.cache.get(t.key())).toBeUndefined();
      expect(await t.cache.get(t.key(), { stampede: false })).toBe('old');
      expect(await t.cache.get(t.key(), { stampede: { buffer: 5, beta: 0 } })).toBe('old');
      expect(await t.cache.getOrSet(t.key(), 'new', 30)).toBe('new');
      expect(await t.cache.ttl(t.key())).toBe(40);
    });
  },
  { stampede: { buffer: 10, delta: 0 } },
);
