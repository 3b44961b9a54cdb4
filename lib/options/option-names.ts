import { quoted } from '../errors/quoted.js';

/** The names that options may have. */
export type NamesOf<O> = { readonly [Name in keyof O]-?: true };

/** What other libraries call it. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  ttl: ['timeout'],
  expires: ['timeout'],
  expiresIn: ['timeout'],
  ex: ['timeout'],
  px: ['timeout'],
  lease: ['timeout'],
  cache: ['name'],
  name: ['cache'],
};

/**
 * An option that nobody knows would do nothing, without a word.
 *
 * @throws TypeError that names the right one, where there is one near
 */
export function checkNames(options: object, known: Readonly<Record<string, true>>, what: string): void {
  for (const name in options) {
    if (Object.hasOwn(known, name) || (options as Record<string, unknown>)[name] === undefined) continue;
    const near = nearTo(name, Object.keys(known));
    const hint = near === undefined ? `known are ${Object.keys(known).toSorted().join(', ')}` : `did you mean ${near}?`;
    throw new TypeError(`${what} must not have ${quoted(name)}: ${hint}`);
  }
}

function nearTo(name: string, known: readonly string[]): string | undefined {
  const meant = Object.hasOwn(synonyms, name) ? synonyms[name]! : [];
  return meant.find((other) => known.includes(other)) ?? known.find((other) => areNear(name, other));
}

/** Whether they differ by one letter, or by upper and lower case and what stands between words. */
function areNear(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, '')) as [string, string];
  if (a === b) return true;
  if (Math.min(a.length, b.length) < 3 || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const swapped = a[start] === b[start + 1] && a[start + 1] === b[start] && a.slice(start + 2) === b.slice(start + 2);
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return swapped || restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
}
