import { match, Mismatch, type StandardSchema } from '../codec/schema.js';
import type { Key, ReplyContext } from './command.js';

/** What stands for a value that does not match its schema. */
export const unmatched = Symbol('unmatched');

/** What a schema makes of the value of a key, or `unmatched`, which is told of; nothing of a value that is not there. */
export function matching(key: Key, value: unknown, schema: StandardSchema, context: ReplyContext): unknown {
  if (value instanceof Promise) return value.then((known) => matching(key, known, schema, context));
  if (value === undefined) return undefined;
  const told = (output: unknown): unknown => {
    if (!(output instanceof Mismatch)) return output;
    context.mismatched(key, output);
    return unmatched;
  };
  const output = match(schema, value);
  return output instanceof Promise ? output.then(told) : told(output);
}

/** The same for who only asks whether there is a value. */
export function matchingOrMissing(key: Key, value: unknown, schema: StandardSchema, context: ReplyContext): unknown {
  const output = matching(key, value, schema, context);
  return output instanceof Promise ? output.then(orMissing) : orMissing(output);
}

const orMissing = (output: unknown): unknown => (output === unmatched ? undefined : output);
