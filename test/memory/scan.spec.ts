import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchGlob, MemoryServer, type MemorySession } from '../../lib/embedded/index.js';
import { run, text } from './text.js';

/** Commands that add, delete and iterate over names of one kind. */
const kinds: Record<
  string,
  {
    add: (name: string) => [string, string[]];
    remove: (name: string) => [string, string[]];
    scan: string[];
    width: number;
  }
> = {
  keys: { add: (name) => ['SET', [name, 'v']], remove: (name) => ['DEL', [name]], scan: ['SCAN'], width: 1 },
  hash: {
    add: (name) => ['HSET', ['h', name, 'v']],
    remove: (name) => ['HDEL', ['h', name]],
    scan: ['HSCAN', 'h'],
    width: 2,
  },
  set: {
    add: (name) => ['SADD', ['s', name]],
    remove: (name) => ['SREM', ['s', name]],
    scan: ['SSCAN', 's'],
    width: 1,
  },
  'sorted set': {
    add: (name) => ['ZADD', ['z', '1', name]],
    remove: (name) => ['ZREM', ['z', name]],
    scan: ['ZSCAN', 'z'],
    width: 2,
  },
};

const change = fc.record({ name: fc.nat({ max: 60 }).map(String), isAdded: fc.boolean() });

function* scanSteps(session: MemorySession, [command = '', ...key]: string[], width: number, count: number) {
  let cursor = '0';
  do {
    const [next, items] = text(session.call(command, [...key, cursor, 'COUNT', count])) as [string, string[]];
    yield items.filter((_, index) => index % width === 0);
    cursor = next;
  } while (cursor !== '0');
}

describe.each(Object.entries(kinds))('a scan of the embedded engine: %s', (_kind, { add, remove, scan, width }) => {
  it('returns all names that exist throughout, while others come and go', () => {
    const initial = fc.uniqueArray(fc.nat({ max: 60 }).map(String), { maxLength: 40 });
    const changes = fc.array(fc.array(change, { maxLength: 10 }), { maxLength: 30 });
    fc.assert(
      fc.property(initial, changes, fc.integer({ min: 1, max: 7 }), (names, rounds, count) => {
        const session = new MemoryServer().connect();
        for (const name of names) run(session, ...add(name));
        const untouched = new Set(names);
        const ever = new Set(names);
        const seen = new Set<string>();
        let round = 0;
        for (const found of scanSteps(session, scan, width, count)) {
          found.forEach((name) => seen.add(name));
          for (const { name, isAdded } of rounds[round++] ?? []) {
            run(session, ...(isAdded ? add(name) : remove(name)));
            if (isAdded) ever.add(name);
            else untouched.delete(name);
          }
        }
        expect([...seen]).toEqual(expect.arrayContaining([...untouched]));
        expect([...ever]).toEqual(expect.arrayContaining([...seen]));
      }),
    );
  });

  it('ends even if new names are added faster than it proceeds', () => {
    const session = new MemoryServer().connect();
    for (let index = 0; index < 100; index++) run(session, ...add(`old${index}`));
    let [steps, added] = [0, 0];
    for (const found of scanSteps(session, scan, width, 10)) {
      expect(found.length).toBeLessThanOrEqual(10);
      for (let index = 0; index < 50; index++) run(session, ...add(`new${added++}`));
      steps++;
    }
    expect(steps).toBeLessThan(20);
  });

  it('returns about as many as requested', () => {
    const session = new MemoryServer().connect();
    for (let index = 0; index < 1000; index++) run(session, ...add(`n${index}`));
    for (let index = 0; index < 990; index++) run(session, ...remove(`n${index}`));
    const sizes = [...scanSteps(session, scan, width, 5)].map(({ length }) => length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10);
  });
});

describe('matchGlob', () => {
  it.each<[string, string, boolean]>([
    ['*', 'anything', true],
    ['h?llo', 'hello', true],
    ['h?llo', 'hllo', false],
    ['h[ae]llo', 'hallo', true],
    ['h[^e]llo', 'hello', false],
    ['h[a-c]llo', 'hbllo', true],
    ['h[c-a]llo', 'hbllo', true],
    ['h\\*llo', 'h*llo', true],
    ['h\\*llo', 'hello', false],
    ['h[\\]]llo', 'h]llo', true],
    ['*llo*', 'hello world', true],
    ['h*l*d', 'hello world', true],
    ['[unclosed', 'u', true],
    ['\\', '\\', true],
    ['é?', 'éx', true],
    ['é', 'è', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matchGlob(pattern, name)).toBe(expected);
    expect(matchGlob(Buffer.from(pattern), Buffer.from(name))).toBe(expected);
  });

  it('needs no exponential time', () => {
    expect(matchGlob(`${'*a'.repeat(50)}b`, 'a'.repeat(10_000))).toBe(false);
  });
});
