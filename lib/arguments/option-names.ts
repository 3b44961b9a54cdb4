import { types } from 'node:util';
import { booleanArgument, describe } from './arguments.js';
import { quoted } from '../errors/quoted.js';

/** The names of options; those of flags are marked, as their values are checked with the names. */
export type NamesOf<O> = {
  readonly [Name in keyof O]-?: [Exclude<O[Name], undefined>] extends [boolean] ? 'flag' : true;
};

/** The names that a call knows. */
export type KnownNames = Readonly<Record<string, true | 'flag'>>;

/** The names of other libraries, and of other calls, for the same option. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  ttl: ['timeout'],
  timeout: ['blockingTimeout', 'block'],
  expires: ['timeout'],
  expiresIn: ['timeout'],
  ex: ['timeout'],
  px: ['timeout'],
  lease: ['timeout'],
  match: ['pattern'],
  pattern: ['match'],
  count: ['itersize'],
  itersize: ['count'],
  limit: ['count'],
  fallback: ['default'],
  rev: ['desc'],
  reverse: ['desc'],
  retries: ['maxDeliveries'],
  keyPrefix: ['prefix'],
  cache: ['name'],
  name: ['cache'],
};

/**
 * Checks that options are an object with known names only.
 *
 * @throws TypeError
 */
export function checkOptions(options: unknown, known: KnownNames, what: string, example = '{ version: 2 }'): void {
  if (!areOptions(options)) {
    throw new TypeError(`${what} must be an object such as ${example}, not ${describe(options)}`);
  }
  checkNames(options, known, what);
}

/** Lists, maps, dates and promises have no options, and would pass for an empty options object. */
function areOptions(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return !(Symbol.iterator in value || types.isDate(value) || types.isPromise(value));
}

/**
 * An unknown option would silently do nothing, and a flag of `'false'` would be on.
 *
 * @throws TypeError that suggests the right name, if there is a similar one
 */
function checkNames(options: object, known: KnownNames, what: string): void {
  for (const name in options) {
    // What all objects inherit is neither of the two kinds.
    const kind: unknown = known[name];
    if (kind === true) continue;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the name comes from the object itself
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (kind === 'flag') {
      booleanArgument(value, name);
      continue;
    }
    throw new TypeError(`${what} must not have ${quoted(name)}: ${hintFor(name, Object.keys(known))}`);
  }
}

function hintFor(name: string, known: readonly string[]): string {
  const near = nearTo(name, known);
  if (near !== undefined) return `did you mean ${near}?`;
  return `known ${known.length === 1 ? 'is' : 'are'} ${known.toSorted().join(', ')}`;
}

function nearTo(name: string, known: readonly string[]): string | undefined {
  const meant = Object.hasOwn(synonyms, name) ? synonyms[name]! : [];
  return meant.find((other) => known.includes(other)) ?? known.find((other) => areNear(name, other));
}

const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Whether they differ by one letter, or only in case and in the characters between words. */
function areNear(one: string, other: string): boolean {
  const [a, b] = [lettersOf(one), lettersOf(other)];
  if (a === b) return true;
  if (Math.min(a.length, b.length) < 3 || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const swapped = a[start] === b[start + 1] && a[start + 1] === b[start] && a.slice(start + 2) === b.slice(start + 2);
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return swapped || restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
}
