import { type Argument, type Command, type Key, write } from './command.js';
import * as replies from './replies.js';

/** Stores what `SET` takes as a value; what expires at once is deleted, as `SET` takes no time of 0. */
export function storeCommand(key: Key, stored: Argument, ms: number | null): Command<boolean> {
  if (ms === 0) return write('UNLINK', [key], replies.always);
  return write('SET', ms === null ? [key, stored] : [key, stored, 'PX', ms], replies.ok);
}
