import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../lib/connection/memory/index.js';
import { text } from './text.js';

const keysOf = (engine: MemoryEngine) => (text(engine.connect().call('KEYS', ['*'])) as string[]).toSorted();

describe('eviction in the embedded engine', () => {
  it('drops what was not used for the longest time', () => {
    const engine = new MemoryEngine({ maxEntries: 3 });
    const session = engine.connect();
    for (const key of ['a', 'b', 'c']) session.call('SET', [key, 'v']);
    session.call('GET', ['a']);
    session.call('SET', ['d', 'v']);
    expect(keysOf(engine)).toEqual(['a', 'c', 'd']);
    session.call('HSET', ['c', 'f', 'v']);
    session.call('APPEND', ['c', 'more']);
    session.call('SET', ['e', 'v']);
    expect(keysOf(engine)).toEqual(['c', 'd', 'e']);
    expect(text(session.call('INFO', ['stats']))).toContain('evicted_keys:2');
  });

  it('drops what was used the least with LFU', () => {
    const engine = new MemoryEngine({ maxEntries: 50, policy: 'lfu' });
    const session = engine.connect();
    session.call('SET', ['hot', 'v']);
    for (let use = 0; use < 100; use++) session.call('GET', ['hot']);
    for (let index = 0; index < 500; index++) session.call('SET', [`cold${index}`, 'v']);
    expect(session.call('EXISTS', ['hot'])).toBe(1);
    expect(session.call('DBSIZE')).toBe(50);
  });

  it('forgets in time how often a key was used', () => {
    const engine = new MemoryEngine({ maxEntries: 10, policy: 'lfu' });
    const session = engine.connect();
    session.call('SET', ['once hot', 'v']);
    for (let use = 0; use < 50; use++) session.call('GET', ['once hot']);
    for (let index = 0; index < 20_000; index++) session.call('SET', [`cold${index}`, 'v']);
    expect(session.call('EXISTS', ['once hot'])).toBe(0);
  });

  it('keeps keys and values within maxBytes, whatever their type', () => {
    const engine = new MemoryEngine({ maxBytes: 100_000 });
    const session = engine.connect();
    const value = 'x'.repeat(1000);
    for (let index = 0; index < 200; index++) {
      session.call('SET', [`string${index}`, value]);
      session.call('HSET', [`hash${index}`, 'f', value]);
      session.call('RPUSH', [`list${index}`, value]);
      session.call('SADD', [`set${index}`, value + index]);
      session.call('ZADD', [`zset${index}`, 1, value]);
      session.call('XADD', [`stream${index}`, '*', 'f', value]);
      expect(engine.eviction.bytes).toBeLessThanOrEqual(100_000);
    }
    expect(session.call('DBSIZE')).toBeGreaterThan(60);
    expect(session.call('EXISTS', ['stream199'])).toBe(1);
  });

  it('counts nothing once everything is gone', () => {
    const engine = new MemoryEngine({ maxBytes: 1_000_000 });
    const session = engine.connect();
    session.call('HSET', ['h', 'a', '1', 'b', '2']);
    session.call('HINCRBY', ['h', 'a', 10_000]);
    session.call('RPUSH', ['l', 'a', 'b', 'c']);
    session.call('LTRIM', ['l', 1, 1]);
    session.call('ZADD', ['z', 1, 'a', 2, 'b']);
    session.call('ZREM', ['z', 'a']);
    session.call('XADD', ['x', '1-1', 'f', 'v']);
    session.call('XADD', ['x', '2-1', 'f', 'v']);
    session.call('XDEL', ['x', '1-1']);
    session.call('SET', ['s', 'text']);
    session.call('RENAME', ['s', 't']);
    session.call('COPY', ['t', 'u']);
    expect(engine.eviction.bytes).toBeGreaterThan(0);
    for (const key of ['h', 'l', 'z', 'x', 't', 'u']) session.call('DEL', [key]);
    expect(engine.eviction.bytes).toBe(0);
  });

  it('evicts nothing without limits', () => {
    const session = new MemoryEngine().connect();
    for (let index = 0; index < 5000; index++) session.call('SET', [`k${index}`, 'v']);
    expect(session.call('DBSIZE')).toBe(5000);
  });
});
