import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashValue } from '../../lib/embedded/values/hash.js';
import { List } from '../../lib/embedded/values/list.js';
import { SortedSet } from '../../lib/embedded/values/sorted-set.js';
import { Stream } from '../../lib/embedded/values/stream.js';
import { makeId } from '../../lib/embedded/values/stream-id.js';

describe('SortedSet', () => {
  const operation = fc.record({
    member: fc.nat({ max: 300 }).map(String),
    score: fc.integer({ min: -5, max: 5 }),
    isRemoval: fc.boolean(),
  });

  it('agrees with a sorted array on order, ranks and counts', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400, size: 'max' }), (operations) => {
        const sortedSet = new SortedSet();
        const model = new Map<string, number>();
        for (const { member, score, isRemoval } of operations) {
          if (isRemoval) {
            sortedSet.delete(member);
            model.delete(member);
          } else {
            sortedSet.set(member, score);
            model.set(member, score);
          }
        }
        const ordered = [...model].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
        expect(Array.from(sortedSet, ({ member, score }) => [member, score])).toEqual(ordered);
        for (const [rank, [member]] of ordered.entries()) expect(sortedSet.rank(member)).toBe(rank);
        expect(sortedSet.slice(ordered.length - 1, Infinity, true).map(({ member }) => member)).toEqual(
          ordered.map(([member]) => member).toReversed(),
        );
        expect(sortedSet.countWhile(({ score }) => score < 0)).toBe(ordered.filter(([, score]) => score < 0).length);
        expect(sortedSet.slice(3, 4).map(({ member }) => member)).toEqual(
          ordered.slice(3, 7).map(([member]) => member),
        );
      }),
    );
  });

  it('finds ranks among 100,000 members as fast as Redis would', () => {
    const sortedSet = new SortedSet();
    for (let index = 0; index < 100_000; index++) sortedSet.set(`m${index}`, (index * 7919) % 100_000);
    const before = process.cpuUsage();
    for (let index = 0; index < 10_000; index++) sortedSet.rank(`m${index}`);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});

/** A list, and an array with the same operations; both return the removed elements. */
const listActions: Record<string, (list: List, model: string[], number: number) => unknown[]> = {
  push: (list, model, number) => [list.push(String(number)), void model.push(String(number))],
  unshift: (list, model, number) => [list.unshift(String(number)), void model.unshift(String(number))],
  pop: (list, model) => [list.pop(), model.pop()],
  shift: (list, model) => [list.shift(), model.shift()],
  replace: (list, model, number) => {
    const isThere = number < model.length;
    if (isThere) model[number] = 'other';
    return [list.replace(number, 'other'), isThere];
  },
  assign: (list, model) => {
    model.splice(0, model.length, ...model.filter((_, index) => index % 2 === 0));
    return [list.assign(model), undefined];
  },
};

describe('HashValue', () => {
  it('has the size of its contents, and finds restored fields', () => {
    const hash = new HashValue();
    const names = Array.from({ length: 200 }, (_, index) => `field${index}`);
    for (const name of names) hash.set(name, 'value');
    for (const name of names) hash.delete(name);
    expect(hash.bytes).toBe(0);
    for (const name of names) expect(hash.set(name, 'v')).toBe(true);
    const scanned: string[] = [];
    expect(hash.scan(0, 1000, (name) => scanned.push(name))).toBe(0);
    expect(scanned.toSorted()).toEqual(names.toSorted());
    const full = hash.bytes;
    hash.set('field0', 'longer');
    expect(hash.bytes).toBe(full + 'longer'.length - 1);
  });
});

describe('List', () => {
  it('agrees with an array', () => {
    const action = fc.tuple(fc.constantFrom(...Object.values(listActions)), fc.nat({ max: 50 }));
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300, size: 'max' }), (actions) => {
        const list = new List();
        const model: string[] = [];
        for (const [act, number] of actions) {
          const [actual, expected] = act(list, model, number);
          expect([actual, list.length]).toEqual([expected, model.length]);
        }
        expect(list.toArray()).toEqual(model);
        expect(list.at(-1)).toBe(model.at(-1));
        const bytes = model.reduce((sum, element) => sum + element.length + 24, 0);
        expect(list.bytes).toBe(bytes);
      }),
    );
  });
});

describe('Stream', () => {
  it('trims whole nodes of 100 entries when it may trim roughly', () => {
    const stream = new Stream();
    for (let index = 1; index <= 250; index++) stream.append(makeId(index, 0n), ['f', 'v']);
    const removes = (_lastId: bigint, left: number) => left >= 30;
    expect(stream.trim({ removes, isApproximate: true, limit: 150 })).toBe(100);
    expect(stream.trim({ removes, isApproximate: true, limit: 0 })).toBe(100);
    expect(stream.trim({ removes, isApproximate: false, limit: 0 })).toBe(20);
    expect(stream.length).toBe(30);
    expect(stream.first?.id).toBe(makeId(221, 0n));
    expect(stream.range(makeId(230, 0n), makeId(232, 0n)).map(({ id }) => id >> 64n)).toEqual([230n, 231n, 232n]);
  });
});
