import { isPromise } from 'node:util/types';
import { bytesOfName } from './names.js';

/** Checks of arguments that several commands share. All throw before anything is sent. */

export function integerArgument(value: number | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TypeError(`${what} must be an integer, not ${describe(value)}`);
  }
  return value;
}

export function countArgument(value: number | undefined, what: string, least = 0): number {
  const count = integerArgument(value, what);
  if (count < least) throw new TypeError(`${what} must be at least ${least}, not ${count}`);
  return count;
}

export function floatArgument(value: number | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new TypeError(`${what} must be a finite number, not ${describe(value)}`);
  }
  return value;
}

export function textArgument(value: string, what: string): string {
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string, not ${describe(value)}`);
  if (!value.isWellFormed()) throw new TypeError(`${what} must be well-formed Unicode`);
  return value;
}

/** A string in place of a list is a mistake, not a list of letters. */
export function listArgument<T>(list: readonly T[], what: string, of = 'strings'): readonly T[] {
  if (Array.isArray(list)) return list;
  throw new TypeError(`${what} must be an array of ${of}, not ${describe(list)}`);
}

export function booleanArgument(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${what} must be true or false, not ${describe(value)}`);
  return value;
}

export function functionArgument<T>(value: T, what: string): T {
  if (typeof value !== 'function') throw new TypeError(`${what} must be a function, not ${describe(value)}`);
  return value;
}

export function choiceArgument<T extends string>(value: T, known: readonly T[], what: string): T {
  if (known.includes(value)) return value;
  throw new TypeError(`${what} must be one of ${known.join(', ')}`);
}

export function signalArgument(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError('signal must be an AbortSignal');
  return signal;
}

/**
 * Stands for a value that may not be needed: then nobody awaits it, and its failure does not matter. Lazy work, such as
 * a query, starts only when somebody awaits it.
 */
export function unawaited(value: unknown): void {
  if (isPromise(value)) value.catch(() => undefined);
}

/** Field names are plain strings and never encoded; a name that another program wrote in other bytes keeps them. */
export function fieldArgument(field: string): string | Buffer {
  if (typeof field !== 'string' || field.isWellFormed()) return textArgument(field, 'A field');
  return bytesOfName(field, 'A field');
}

/**
 * What was given in place of something else. Shows numbers, as they are often the mistake itself; of anything else only
 * the type. Nobody will await a promise that is refused.
 */
export function describe(value: unknown): string {
  unawaited(value);
  if (typeof value === 'number') return String(value);
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  // Not by its own `constructor` property: in a parsed body the sender chooses that.
  const prototype: { readonly constructor?: { readonly name?: unknown } } | null = Object.getPrototypeOf(value);
  const name = prototype?.constructor?.name;
  const type = typeof name === 'string' && name !== '' ? name : 'object';
  return `${/^[AEIOaeio]/.test(type) ? 'an' : 'a'} ${type}`;
}
