import { describe, textArgument } from '../arguments/arguments.js';
import { type Argument, MemberBound } from '../command-model/command.js';

/**
 * A bound of a range of members of one score, in the order of their bytes: `'-'` and `'+'` are the ends, `'[apple'`
 * includes the member, `'(apple'` excludes it. @publicApi
 */
export type LexBound = '-' | '+' | `[${string}` | `(${string}`;

/** How members of a lexicographical range read and are compared. @publicApi */
export interface RawMembers {
  /**
   * Members are plain text, as `zadd` with `raw: true` stores them, so that their order is that of the text. By
   * default, they are compared as they are encoded: MessagePack puts shorter texts first.
   */
  readonly raw?: boolean;
}

export function lexBound(bound: LexBound, { raw }: RawMembers = {}): Argument {
  if (bound === '-' || bound === '+') return bound;
  if (typeof bound !== 'string' || !/^[[(]/.test(bound)) {
    const given = typeof bound === 'string' ? 'any other' : describe(bound);
    throw new TypeError(`A bound must be '-', '+', or text like '[apple' or '(apple', not ${given}`);
  }
  textArgument(bound, 'A bound');
  return raw ? bound : new MemberBound(bound[0]!, bound.slice(1));
}
