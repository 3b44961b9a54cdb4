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

/** Stores what `SET` takes as a value; what expires at once is deleted, as `SET` takes no time of 0. */
export function storeCommand(key: Key, stored: Argument, ms: number | null): Command<boolean> {
  if (ms === 0) return write('UNLINK', [key], replies.always);
  return write('SET', ms === null ? [key, stored] : argumentsOf(key, stored, 'PX', ms), replies.ok);
}

/** A value as it is stored for that long, at the end of which it is only kept for `graceMs`. */
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
