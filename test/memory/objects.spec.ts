import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { run } from './text.js';

const many = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe('OBJECT of the embedded engine', () => {
  it.each([
    ['int', ['SET', 'k', '12']],
    ['embstr', ['SET', 'k', 'x'.repeat(44)]],
    ['raw', ['SET', 'k', 'x'.repeat(45)]],
    ['listpack', ['RPUSH', 'k', 'a']],
    ['quicklist', ['RPUSH', 'k', ...many(2000)]],
    ['listpack', ['HSET', 'k', 'f', 'v']],
    ['listpackex', ['HSETEX', 'k', 'EX', '100', 'FIELDS', '1', 'f', 'v']],
    ['hashtable', ['HSET', 'k', 'f', 'x'.repeat(65)]],
    ['intset', ['SADD', 'k', '1', '2']],
    ['listpack', ['SADD', 'k', 'a']],
    ['hashtable', ['SADD', 'k', ...many(129)]],
    ['listpack', ['ZADD', 'k', '1', 'a']],
    ['skiplist', ['ZADD', 'k', ...many(129).flatMap((member) => ['1', member])]],
    ['stream', ['XADD', 'k', '*', 'f', 'v']],
  ])('names the encoding %s', (encoding, [name = '', ...args]) => {
    const session = new MemoryServer().connect();
    run(session, name, args);
    expect(run(session, 'OBJECT', ['ENCODING', 'k'])).toBe(encoding);
  });

  it('shows how long a key has not been used, without using it', () => {
    const clock = { now: 0 };
    const session = new MemoryServer({ clock: () => clock.now }).connect();
    run(session, 'SET', ['k', 'v']);
    clock.now = 5_500;
    expect(run(session, 'OBJECT', ['IDLETIME', 'k'])).toBe(5);
    expect(run(session, 'OBJECT', ['IDLETIME', 'k'])).toBe(5);
    run(session, 'GET', ['k']);
    expect(run(session, 'OBJECT', ['IDLETIME', 'k'])).toBe(0);
    expect(run(session, 'OBJECT', ['IDLETIME', 'none'])).toBeNull();
    expect(run(session, 'OBJECT', ['FREQ', 'k'])).toMatchObject({ error: expect.stringContaining('not selected') });
  });

  it('shows how often, if the policy counts that', () => {
    const session = new MemoryServer({ maxEntries: 10, policy: 'lfu' }).connect();
    run(session, 'SET', ['k', 'v']);
    expect(run(session, 'OBJECT', ['FREQ', 'k'])).toBe(5);
    expect(run(session, 'OBJECT', ['IDLETIME', 'k'])).toMatchObject({ error: expect.stringContaining('is selected') });
    expect(run(session, 'OBJECT', ['REFCOUNT', 'k'])).toBe(1);
  });
});
