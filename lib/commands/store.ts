import { argumentsOf, type Argument, type Command, type Key, TaggedValue, Value, write } from './command.js';
import * as replies from './replies.js';

/** Stores what `SET` takes as a value; what expires at once is deleted, as `SET` takes no time of 0. */
export function storeCommand(key: Key, stored: Argument, ms: number | null): Command<boolean> {
  if (ms === 0) return write('UNLINK', [key], replies.always);
  return write('SET', ms === null ? [key, stored] : argumentsOf(key, stored, 'PX', ms), replies.ok);
}

/** A value as it is stored; where it has tags, they have to be known for that long. */
export function storable(value: unknown, tags: readonly string[], lifeMs: number | null): Argument {
  return tags.length === 0 ? new Value(value) : new TaggedValue(value, tags, lifeMs);
}
