import { fieldArgument } from '../arguments/arguments.js';
import type { Argument } from '../command-model/command.js';
import { namesIn, type OneByOne } from './one-by-one.js';

type Field = ReturnType<typeof fieldArgument>;

export function fieldsOf(rest: OneByOne<unknown>): Field[] {
  return namesIn(rest, 'Fields').map(fieldArgument);
}

/** `FIELDS n field…` */
export function fieldsArguments(fields: readonly Argument[]): Argument[] {
  return ['FIELDS', fields.length, ...fields];
}
