import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { run, text } from './text.js';

function engineAt(start: number) {
  const clock = { now: start };
  const server = new MemoryServer({ clock: () => clock.now });
  const session = server.connect();
  return { clock, server, session, call: (name: string, ...args: (string | number)[]) => run(session, name, args) };
}

describe('fields that expire in the embedded engine', () => {
  it('live to the end of their last millisecond, and the hash to that of its last field', () => {
    const { clock, call } = engineAt(1_000);
    call('HSET', 'h', 'a', 1, 'b', 2);
    expect(call('HPEXPIRE', 'h', 50, 'FIELDS', 1, 'a')).toEqual([1]);
    clock.now = 1_050;
    expect(call('HGET', 'h', 'a')).toBe('1');
    clock.now = 1_051;
    expect(call('HGETALL', 'h')).toEqual(['b', '2']);
    expect(call('HLEN', 'h')).toBe(1);
    call('HPEXPIRE', 'h', 10, 'FIELDS', 1, 'b');
    clock.now = 1_062;
    expect(call('EXISTS', 'h')).toBe(0);
    expect(call('TYPE', 'h')).toBe('none');
    expect(call('DBSIZE')).toBe(0);
  });

  it.each([
    ['a write of the field', ['HSET', 'h', 'a', 2], -1],
    ['an increment', ['HINCRBY', 'h', 'a', 1], 100],
    ['HSETEX with KEEPTTL', ['HSETEX', 'h', 'KEEPTTL', 'FIELDS', 1, 'a', 2], 100],
    ['HSETEX without', ['HSETEX', 'h', 'FIELDS', 1, 'a', 2], -1],
    ['a write of another field', ['HSET', 'h', 'b', 2], 100],
    ['RENAME', ['RENAME', 'h', 'h2'], 100],
    ['COPY', ['COPY', 'h', 'h2'], 100],
  ] as const)('keeps or loses its expiry in %s', (_what, [name, ...args], ttl) => {
    const { call } = engineAt(0);
    call('HSET', 'h', 'a', 1);
    call('HEXPIRE', 'h', 100, 'FIELDS', 1, 'a');
    call(name, ...args);
    const [key] = call('EXISTS', 'h2') === 1 ? ['h2'] : ['h'];
    expect(call('HTTL', key!, 'FIELDS', 1, 'a')).toEqual([ttl]);
  });

  it('are gone at their second turn if one call names them twice, with a time in the past', () => {
    const { call } = engineAt(10_000);
    call('HSET', 'h', 'a', 1, 'b', 2);
    expect(call('HGETEX', 'h', 'EXAT', 1, 'FIELDS', 2, 'a', 'a')).toEqual(['1', null]);
    expect(call('HGETALL', 'h')).toEqual(['b', '2']);
  });

  it('keep their expiry in a dump', () => {
    const { clock, session, call } = engineAt(0);
    call('HSET', 'h', 'a', 1, 'b', 2);
    call('HPEXPIRE', 'h', 100, 'FIELDS', 1, 'a');
    const payload = session.call('DUMP', ['h']);
    if (!Buffer.isBuffer(payload)) throw new Error('no dump');
    expect(run(session, 'RESTORE', ['copy', 0, payload])).toBe('OK');
    clock.now = 101;
    expect(call('HKEYS', 'copy')).toEqual(['b']);
  });

  it('notify clients that track or watch the key', () => {
    const { clock, server, session, call } = engineAt(0);
    const received: unknown[] = [];
    const other = server.connect();
    call('HSET', 'h', 'a', 1, 'b', 2);
    call('HPEXPIRE', 'h', 100, 'FIELDS', 1, 'a');
    run(other, 'WATCH', ['h']);
    run(other, 'MULTI');
    clock.now = 101;
    call('HGET', 'h', 'b');
    received.push(text(other.call('EXEC')));
    expect(received).toEqual([null]);
    expect(session.call('HLEN', ['h'])).toBe(1);
  });

  it('frees the memory of expired fields while other keys are used', () => {
    const { clock, server, call } = engineAt(0);
    for (let index = 0; index < 500; index++) call('HSETEX', 'h', 'PX', 10, 'FIELDS', 1, `f${index}`, 'v'.repeat(100));
    call('HSET', 'h', 'stays', 'v');
    const before = server.engine.eviction.bytes;
    clock.now = 11;
    for (let index = 0; index < 100; index++) call('GET', 'other');
    expect(server.engine.eviction.bytes).toBeLessThan(before / 100);
    expect(call('HKEYS', 'h')).toEqual(['stays']);
  });
});
