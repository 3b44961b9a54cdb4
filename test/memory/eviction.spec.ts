import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { openCache } from '../open-cache.js';
import { run, text } from './text.js';

const keysOf = (server: MemoryServer) => (text(server.connect().call('KEYS', ['*'])) as string[]).toSorted();

describe('eviction in the embedded engine', () => {
  it('drops the keys unused for the longest time', () => {
    const server = new MemoryServer({ maxEntries: 3 });
    const session = server.connect();
    for (const key of ['a', 'b', 'c']) run(session, 'SET', [key, 'v']);
    run(session, 'GET', ['a']);
    run(session, 'SET', ['d', 'v']);
    expect(keysOf(server)).toEqual(['a', 'c', 'd']);
    run(session, 'HSET', ['c', 'f', 'v']);
    run(session, 'APPEND', ['c', 'more']);
    run(session, 'SET', ['e', 'v']);
    expect(keysOf(server)).toEqual(['c', 'd', 'e']);
    expect(text(session.call('INFO', ['stats']))).toContain('evicted_keys:2');
  });

  it('drops the least used keys with LFU', () => {
    const server = new MemoryServer({ maxEntries: 50, policy: 'lfu' });
    const session = server.connect();
    run(session, 'SET', ['hot', 'v']);
    for (let use = 0; use < 100; use++) run(session, 'GET', ['hot']);
    for (let index = 0; index < 500; index++) run(session, 'SET', [`cold${index}`, 'v']);
    expect(session.call('EXISTS', ['hot'])).toBe(1);
    expect(session.call('DBSIZE')).toBe(50);
  });

  it.each(['lru', 'lfu'] as const)('goes by the options of the connection: %s', async (policy) => {
    const cache = await openCache({ connection: { type: 'memory', maxEntries: 5, policy } });
    await cache.set('hot', 1);
    for (let use = 0; use < 100; use++) await cache.get('hot');
    for (let index = 0; index < 5; index++) await cache.set(`cold${index}`, 1);
    expect(await cache.hasKey('hot')).toBe(policy === 'lfu');
    expect(await cache.keys()).toHaveLength(5);
  });

  it('forgets over time how often a key was used', () => {
    const server = new MemoryServer({ maxEntries: 10, policy: 'lfu' });
    const session = server.connect();
    run(session, 'SET', ['once hot', 'v']);
    for (let use = 0; use < 50; use++) run(session, 'GET', ['once hot']);
    for (let index = 0; index < 20_000; index++) run(session, 'SET', [`cold${index}`, 'v']);
    expect(session.call('EXISTS', ['once hot'])).toBe(0);
  });

  it('keeps keys and values within maxBytes, whatever their type', () => {
    const server = new MemoryServer({ maxBytes: 100_000 });
    const session = server.connect();
    const value = 'x'.repeat(1000);
    for (let index = 0; index < 200; index++) {
      run(session, 'SET', [`string${index}`, value]);
      run(session, 'HSET', [`hash${index}`, 'f', value]);
      run(session, 'RPUSH', [`list${index}`, value]);
      run(session, 'SADD', [`set${index}`, value + index]);
      run(session, 'ZADD', [`zset${index}`, 1, value]);
      run(session, 'XADD', [`stream${index}`, '*', 'f', value]);
      expect(server.engine.eviction.bytes).toBeLessThanOrEqual(100_000);
    }
    expect(session.call('DBSIZE')).toBeGreaterThan(60);
    expect(session.call('EXISTS', ['stream199'])).toBe(1);
  });

  it('counts nothing once everything is deleted', () => {
    const server = new MemoryServer({ maxBytes: 1_000_000 });
    const session = server.connect();
    run(session, 'HSET', ['h', 'a', '1', 'b', '2']);
    run(session, 'HINCRBY', ['h', 'a', 10_000]);
    run(session, 'RPUSH', ['l', 'a', 'b', 'c']);
    run(session, 'LTRIM', ['l', 1, 1]);
    run(session, 'ZADD', ['z', 1, 'a', 2, 'b']);
    run(session, 'ZREM', ['z', 'a']);
    run(session, 'XADD', ['x', '1-1', 'f', 'v']);
    run(session, 'XADD', ['x', '2-1', 'f', 'v']);
    run(session, 'XDEL', ['x', '1-1']);
    run(session, 'SET', ['s', 'text']);
    run(session, 'RENAME', ['s', 't']);
    run(session, 'COPY', ['t', 'u']);
    expect(server.engine.eviction.bytes).toBeGreaterThan(0);
    for (const key of ['h', 'l', 'z', 'x', 't', 'u']) run(session, 'DEL', [key]);
    expect(server.engine.eviction.bytes).toBe(0);
  });

  it('evicts nothing without limits', () => {
    const session = new MemoryServer().connect();
    for (let index = 0; index < 5000; index++) run(session, 'SET', [`k${index}`, 'v']);
    expect(session.call('DBSIZE')).toBe(5000);
  });
});
