import { type Argument, type Command, type Key, run, type ScriptSource } from '../commands/command.js';
import { integer } from '../commands/replies.js';
import type { ReplyShape } from '../commands/reply-shape.js';
import type { Attempt } from './resource.js';

const attempted: ReplyShape<Attempt> = {
  decode: (raw) => {
    const [acquired, number] = raw as [0 | 1, number];
    return acquired ? { fencingToken: number, waitMs: 0 } : { waitMs: number };
  },
  missing: () => ({ waitMs: 0 }),
};

type Arguments = readonly Argument[];

/** A script that answers with a number. */
export function ask(script: ScriptSource, keys: readonly Key[], args: Arguments): Command<number> {
  return { ...run(script, keys, args, integer), strict: true };
}

/** A script that tries to acquire. */
export function attempt(script: ScriptSource, keys: readonly Key[], args: Arguments): Command<Attempt> {
  return { ...run(script, keys, args, attempted), strict: true };
}
