import {
  argumentsOf,
  type Argument,
  type Command,
  EnvelopedValue,
  type Key,
  type SharedStamps,
  Value,
  write,
} from '../command-model/command.js';
import * as replies from '../command-model/replies.js';

/** Stores what `SET` accepts as a value; a value that expires at once is deleted, as `SET` accepts no time of 0. */
export function storeCommand(key: Key, stored: Argument, ms: number | null): Command<boolean> {
  if (ms === 0) return write('UNLINK', [key], replies.always);
  return write('SET', ms === null ? [key, stored] : argumentsOf(key, stored, 'PX', ms), replies.ok);
}

/** A value stored for `lifeMs`; for the last `graceMs` of it, only as a stale copy. */
export function valueToStore(
  value: unknown,
  tags: readonly string[],
  graceMs: number,
  lifeMs: number | null,
  shared?: SharedStamps,
): Argument {
  if (tags.length === 0 && graceMs === 0) return new Value(value);
  return new EnvelopedValue(value, tags, graceMs, lifeMs, shared);
}
