import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { mayTake } from '../../lib/nest/may-take.js';

const name = (text: string) => text;

it.each<[string, number, (...args: never[]) => unknown]>([
  ['nothing', 0, () => 1],
  ['two', 2, (_a: unknown, _b: unknown) => 1],
  ['one with a default', 1, (_a: unknown = ',') => 1],
  ['two, of which one has a default with brackets and quotes', 2, (_a: unknown = name("')',"), _b?: unknown) => 1],
  ['a pattern and one', 2, ({ a: _a, ..._rest }: Record<string, unknown>, [_b]: unknown[] = [1, 2]) => _rest],
  ['the rest', Infinity, (..._all: unknown[]) => 1],
  ['one and the rest', Infinity, (_a: unknown, ..._all: unknown[]) => 1],
  ['one that calls with the rest', 1, (all: number[]) => Math.max(...all)],
  [
    'all arguments',
    Infinity,
    function () {
      // oxlint-disable-next-line prefer-rest-params
      return arguments.length;
    },
  ],
  ['a computed name', 2, { [name('(,')]: (_a: unknown, _b: unknown = 1) => 1 }['(,']!],
  ['a computed name of a method', 2, { [name('(,')](_a: unknown, _b: unknown = 1) {} }['(,']!],
  ['comments', 2, runInNewContext('(a /* it\'s (, */, b = 1 // "\n) => 1') as () => unknown],
])('a function that takes %s', (_, taken, method) => {
  expect(mayTake(method)).toBe(taken);
});
