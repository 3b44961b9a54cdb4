import {
  type Argument,
  type Command,
  type Key,
  run,
  type ScriptSource,
  type ReplyShape,
} from '../command-model/command.js';
import { boolean, integer } from '../command-model/replies.js';
import { strict } from '../command-model/strict.js';
import { integerIn, numberIn } from '../wire/reply-parts.js';
import type { Attempt } from './resource.js';
import type { Request } from './session.js';

const attempted: ReplyShape<Attempt> = {
  decode: (raw) => (typeof raw === 'number' ? { fencingToken: integerIn(raw), waitMs: 0 } : { waitMs: numberIn(raw) }),
  missing: () => ({ waitMs: 0 }),
};

/** What a script has to know about a request that may arrive too late. */
export function numbered({ token, number, supersedes }: Request): Argument[] {
  return [token, number, supersedes ? 1 : 0];
}

/** A script that tries to acquire. */
export function attempt(script: ScriptSource, keys: readonly Key[], args: readonly Argument[]): Command<Attempt> {
  return strict(run(script, keys, args, attempted));
}

/** A script that answers with a number. */
export function ask(script: ScriptSource, keys: readonly Key[], args: readonly Argument[]): Command<number> {
  return strict(run(script, keys, args, integer));
}

/** A script that says whether there was anything to do. */
export function tell(script: ScriptSource, keys: readonly Key[], args: readonly Argument[]): Command<boolean> {
  return strict(run(script, keys, args, boolean));
}
