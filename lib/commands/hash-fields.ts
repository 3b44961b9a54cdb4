import { fieldArgument, listArgument } from '../arguments/arguments.js';
import type { Argument } from '../command-model/command.js';

/** Fields one by one, or an array of them with options behind it. */
export type Fields<O> = string[] | [fields: readonly string[], options?: O];

type Field = ReturnType<typeof fieldArgument>;

export function fieldsOf(rest: Fields<unknown>): Field[] {
  const [first] = rest;
  const isOneByOne = first === undefined || typeof first === 'string';
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- behind a first field stand others, and each is checked
  return (isOneByOne ? (rest as string[]) : listArgument(first, 'Fields')).map(fieldArgument);
}

/** Behind an array only: behind a field stands another. */
export function optionsIn<O>(rest: Fields<O>): O | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- behind an array stand the options alone
  return Array.isArray(rest[0]) ? (rest as [unknown, O?])[1] : undefined;
}

/** `FIELDS n field…` */
export function fieldsArguments(fields: readonly Field[]): Argument[] {
  return ['FIELDS', fields.length, ...fields];
}
