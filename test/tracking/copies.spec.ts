import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCodec } from '../../lib/codec/index.js';
import type { TrackingOptions } from '../../lib/index.js';
import { resolveTracking } from '../../lib/options/tracking.options.js';
import { LocalCopies } from '../../lib/tracking/local-copies.js';
import { plainCopies } from '../../lib/tracking/plain-copies.js';

function open(options: TrackingOptions): LocalCopies {
  const copies = new LocalCopies(resolveTracking(options)!);
  copies.resume();
  return copies;
}

function keep(copies: LocalCopies, key: string, data = Buffer.from('1'), ttlMs = -1): void {
  copies.endRead(copies.beginRead(key)!, performance.now(), data, ttlMs);
}

/** Every object inside a value. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  for (const part of Object.values(value)) objectsIn(part, found);
  return found;
}

describe('local copies', () => {
  it('are at most maxEntries: those unused for the longest time are dropped', () => {
    const copies = open({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) keep(copies, key);
    copies.get('a');
    keep(copies, 'd');
    expect(['a', 'b', 'c', 'd'].filter((key) => copies.get(key))).toEqual(['a', 'c', 'd']);
    expect(copies.evictions).toBe(1);
  });

  it('take at most maxBytes, including decoded values', () => {
    const copies = open({ maxBytes: 20_000 });
    const codec = createCodec();
    const data = Buffer.from(codec.encode(Array.from({ length: 10 }, (_, id) => ({ id }))) as Buffer);
    for (let i = 0; i < 10; i++) keep(copies, `k${i}`, data);
    expect(copies.entries).toBe(10);
    for (let i = 0; i < 10; i++) {
      const kept = copies.get(`k${i}`);
      if (kept) copies.learn(kept, codec.decode(kept.data));
    }
    expect(copies.bytes).toBeLessThanOrEqual(20_000);
    expect(copies.bytes).toBeGreaterThan(15_000);
    expect(copies.entries).toBeLessThan(10);
    keep(copies, 'large', Buffer.alloc(20_001));
    expect(copies.get('large')).toBeUndefined();
    expect(copies.entries).toBeGreaterThan(0);
  });

  it('do not keep the buffer that a reply arrived in', () => {
    const copies = open({});
    const packet = Buffer.alloc(65_536);
    keep(copies, 'k', packet.subarray(10, 20));
    expect(copies.get('k')!.data.buffer.byteLength).toBe(10);
  });

  it('are not replaced by values decoded from older bytes', () => {
    const copies = open({});
    keep(copies, 'k', Buffer.from('1'));
    const old = copies.get('k')!;
    copies.forget('k');
    copies.learn(old, 1);
    expect(copies.get('k')).toBeUndefined();
    keep(copies, 'k', Buffer.from('2'));
    copies.learn(old, 1);
    expect(copies.get('k')!.data.toString()).toBe('2');
  });

  describe('end', () => {
    beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
    afterEach(() => vi.useRealTimers());

    it.each([
      ['with the key', {}, 50],
      ['with the timeout of the option', { timeout: '30ms' }, 30],
    ])('%s', (_, options, ms) => {
      const copies = open(options);
      keep(copies, 'k', Buffer.from('1'), 50);
      vi.advanceTimersByTime(ms - 1);
      expect(copies.get('k')).toBeDefined();
      vi.advanceTimersByTime(1);
      expect(copies.get('k')).toBeUndefined();
      expect(copies.entries).toBe(0);
    });

    it('by the time of the request to the server', () => {
      const copies = open({});
      const read = copies.beginRead('k')!;
      const startedAt = performance.now();
      vi.advanceTimersByTime(40);
      copies.endRead(read, startedAt, Buffer.from('1'), 50);
      vi.advanceTimersByTime(10);
      expect(copies.get('k')).toBeUndefined();
    });
  });
});

describe('copies of plain data', () => {
  it('are equal, and share nothing that could be changed', () => {
    fc.assert(
      fc.property(fc.anything({ withDate: true, withNullPrototype: false }), (value) => {
        const copies = plainCopies(value);
        // Node.js considers no two invalid Dates equal.
        fc.pre(copies !== undefined && !inspect(value, { depth: null }).includes('Invalid Date'));
        const [one, other] = [copies!.make(), copies!.make()];
        expect(isDeepStrictEqual(one, value)).toBe(true);
        expect(isDeepStrictEqual(other, value)).toBe(true);
        const taken = objectsIn(one);
        for (const object of [...objectsIn(other), ...objectsIn(value)]) expect(taken.has(object)).toBe(false);
      }),
    );
  });

  const twice = { a: 1 };
  const circle: unknown[] = [];
  circle.push(circle);
  const sparse: unknown[] = [1];
  sparse[4_294_967_290] = 2;
  it.each([
    ['Map', new Map()],
    ['Set in an object', { set: new Set() }],
    ['Buffer', [Buffer.from('a')]],
    ['class', new (class Money {})()],
    ['Error', new Error('e')],
    ['object without prototype', Object.create(null)],
    ['object that is there twice', [twice, twice]],
    ['circle', circle],
    ['list of holes', [sparse]],
    ['getter', Object.defineProperty({}, 'a', { get: () => 1, enumerable: true })],
    ['nested __proto__', JSON.parse('{"__proto__":{"a":1}}')],
    ['depth', Array.from({ length: 200 }).reduce<unknown>((inner) => [inner], 1)],
  ])('are not made of a %s', (_, value) => {
    expect(plainCopies(value)).toBeUndefined();
  });
});
