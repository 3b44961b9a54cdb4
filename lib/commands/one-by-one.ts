import { listArgument } from '../arguments/arguments.js';

/** Names one by one, or an array of them followed by options. */
export type OneByOne<O> = string[] | [names: readonly string[], options?: O];

/** Each name is still to be checked. */
export function namesIn(rest: OneByOne<unknown>, what: string): readonly string[] {
  const [first] = rest;
  const isOneByOne = first === undefined || typeof first === 'string';
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- after a first name come only names, and each is checked
  return isOneByOne ? (rest as string[]) : listArgument(first, what);
}

/** Options follow an array only: after a name comes another name. */
export function optionsIn<O>(rest: OneByOne<O>): O | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- after an array come only options
  return Array.isArray(rest[0]) ? (rest as [unknown, O?])[1] : undefined;
}
