import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { run, text } from './text.js';

function engineAt(start: number) {
  const clock = { now: start };
  const server = new MemoryServer({ clock: () => clock.now });
  return { clock, server, session: server.connect() };
}

describe('expiry in the embedded engine', () => {
  it('follows the given clock', () => {
    const { clock, session } = engineAt(1_000_000);
    run(session, 'SET', ['k', 'v', 'PX', 500]);
    run(session, 'SET', ['forever', 'v']);
    expect(session.call('PTTL', ['k'])).toBe(500);
    clock.now += 400;
    expect(session.call('PTTL', ['k'])).toBe(100);
    expect(session.call('PEXPIRETIME', ['k'])).toBe(1_000_500);
    clock.now += 100;
    // As in Redis, a key lives until the end of its last millisecond.
    expect(text(session.call('GET', ['k']))).toBe('v');
    clock.now += 1;
    expect(session.call('GET', ['k'])).toBeNull();
    expect(session.call('PTTL', ['k'])).toBe(-2);
    expect(session.call('PTTL', ['forever'])).toBe(-1);
  });

  it.each([
    ['KEYS', ['*'], ['b']],
    ['SCAN', [0, 'COUNT', 100], ['0', ['b']]],
    ['RANDOMKEY', [], 'b'],
    ['EXISTS', ['a', 'b'], 1],
    ['MGET', ['a', 'b'], [null, 'v']],
  ])('hides expired keys from %s', (name, args, expected) => {
    const { clock, session } = engineAt(0);
    run(session, 'SET', ['a', 'v', 'PX', 10]);
    run(session, 'SET', ['b', 'v']);
    clock.now = 11;
    expect(run(session, name, args)).toEqual(expected);
  });

  it('uses the same time for a whole transaction and a whole script', async () => {
    let now = 0;
    const session = new MemoryServer({ clock: () => now++ }).connect();
    run(session, 'MULTI');
    for (let index = 0; index < 10; index++) run(session, 'TIME');
    const times = text(session.call('EXEC')) as string[][];
    expect(new Set(times.map(String)).size).toBe(1);
    const [first, second] = (await session.call('EVAL', [
      "return {redis.call('TIME')[2], redis.call('TIME')[2]}",
      0,
    ])) as [Buffer, Buffer];
    expect(first).toEqual(second);
  });

  it('gives later commands a later time, even in the same millisecond', () => {
    const { clock, session } = engineAt(5_001);
    const times = Array.from({ length: 3 }, () => text(session.call('TIME')));
    clock.now = 5_002;
    times.push(text(session.call('TIME')));
    const micros = times.map((time) => Number((time as string[])[0]) * 1e6 + Number((time as string[])[1]));
    expect(micros).toEqual([...new Set(micros)].toSorted((a, b) => a - b));
    expect(micros[2]).toBeLessThan(5_002_000);
    expect(micros[3]).toBe(5_002_000);
  });

  it('frees the memory of expired keys while other keys are used', () => {
    const { clock, server, session } = engineAt(0);
    for (let index = 0; index < 1000; index++) run(session, 'SET', [`k${index}`, 'v', 'PX', 10]);
    run(session, 'SET', ['stays', 'v', 'PX', 1_000_000]);
    const before = server.engine.eviction.bytes;
    clock.now = 11;
    for (let index = 0; index < 1000; index++) run(session, 'GET', ['other']);
    expect(session.call('DBSIZE')).toBe(1);
    expect(server.engine.eviction.bytes).toBeLessThan(before / 500);
    expect(text(session.call('INFO', ['stats']))).toContain('expired_keys:1000');
  });

  it('needs no timer', () => {
    const { session } = engineAt(0);
    const before = process.getActiveResourcesInfo().length;
    run(session, 'SET', ['k', 'v', 'PX', 10]);
    expect(process.getActiveResourcesInfo()).toHaveLength(before);
  });
});
