import { describe, floatArgument } from '../arguments/arguments.js';
import type { Argument } from '../command-model/command.js';

/**
 * A bound of a range of scores: a number, `Infinity`, or text as Redis writes it: `'(5'` (without 5), `'-inf'`.
 *
 * @publicApi
 */
export type ScoreBound = number | string;

export function score(value: number, what: string): Argument {
  if (value === Infinity) return '+inf';
  if (value === -Infinity) return '-inf';
  return floatArgument(value, what);
}

export function bound(value: ScoreBound): Argument {
  if (typeof value === 'string' && /^\(?[+-]?((\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|inf(inity)?)$/i.test(value)) return value;
  if (typeof value === 'number' && !Number.isNaN(value)) return score(value, 'A bound');
  const given = typeof value === 'string' ? 'any other' : describe(value);
  throw new TypeError(`A bound must be a number or text like '5', '(5' or '-inf', not ${given}`);
}
