import { listArgument } from '../arguments/arguments.js';

/** Names one by one, or an array of them with options behind it. */
export type OneByOne<O> = string[] | [names: readonly string[], options?: O];

/** Each of them is still to be checked. */
export function namesIn(rest: OneByOne<unknown>, what: string): readonly string[] {
  const [first] = rest;
  const isOneByOne = first === undefined || typeof first === 'string';
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- behind a first name stand others, and each is checked
  return isOneByOne ? (rest as string[]) : listArgument(first, what);
}

/** Behind an array only: behind a name stands another. */
export function optionsIn<O>(rest: OneByOne<O>): O | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- behind an array stand the options alone
  return Array.isArray(rest[0]) ? (rest as [unknown, O?])[1] : undefined;
}
