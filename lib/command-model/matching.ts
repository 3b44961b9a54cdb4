import { match, Mismatch, type StandardSchema } from '../codec/schema.js';
import type { Key, ReplyContext } from './command.js';

/** Marks a value that does not match its schema. */
export const unmatched = Symbol('unmatched');

/**
 * The schema's output for the value of a key; `unmatched`, which is reported, if it does not match; `undefined` for a
 * missing value.
 */
export function matching(key: Key, value: unknown, schema: StandardSchema, context: ReplyContext): unknown {
  if (value instanceof Promise) return value.then((known) => matching(key, known, schema, context));
  if (value === undefined) return undefined;
  const reported = (output: unknown): unknown => {
    if (!(output instanceof Mismatch)) return output;
    context.mismatched(key, output);
    return unmatched;
  };
  const output = match(schema, value);
  return output instanceof Promise ? output.then(reported) : reported(output);
}

/** The same, with `undefined` in place of `unmatched`. */
export function matchingOrMissing(key: Key, value: unknown, schema: StandardSchema, context: ReplyContext): unknown {
  const output = matching(key, value, schema, context);
  return output instanceof Promise ? output.then(orMissing) : orMissing(output);
}

const orMissing = (output: unknown): unknown => (output === unmatched ? undefined : output);
