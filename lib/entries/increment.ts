import { parseDecimal } from '../codec/serializers/decimal.js';
import { isEnvelope } from '../codec/envelope.js';
import { replaceStale } from './add.js';
import { type Command, type Key, type ReplyContext, type ReplyShape, run, write } from '../command-model/command.js';
import { errorText } from '../errors/error-text.js';
import { beginningOf } from './envelope-head.js';
import { incrementScript } from './scripts/increment.script.js';

export interface Increment {
  readonly name: 'INCRBY' | 'INCRBYFLOAT';
  readonly key: Key;
  readonly amount: number;
  /** The start of a missing key. */
  readonly initial: number;
  /** Time to live of a newly created key; `null` is never. */
  readonly ms: number | null;
  /** How to read the sum. */
  readonly number: ReplyShape<number>;
}

/**
 * Increments a counter. An entry with an envelope is not a number; if it no longer counts, it is missing: it is
 * replaced in a second step, because only its envelope shows it.
 */
export function incrementCommand(increment: Increment): Command<number> {
  return commandOf(increment, new IncrementReply(increment));
}

class IncrementReply implements ReplyShape<number> {
  constructor(private readonly increment: Increment) {}

  decode(raw: unknown, context: ReplyContext): number | Promise<number> {
    return this.increment.number.decode(raw, context);
  }

  missing(): number {
    return this.increment.number.missing();
  }

  rescue(error: unknown, context: ReplyContext): Promise<number> | undefined {
    return isOfNoNumber(error) ? this.tryAgain(error, context) : undefined;
  }

  private async tryAgain(error: unknown, context: ReplyContext): Promise<number> {
    const { key, initial, ms, number } = this.increment;
    const [beginning] = await context.ask([beginningOf(key, 'write')]);
    // Another client may have replaced it by a number meanwhile.
    if (Buffer.isBuffer(beginning) && parseDecimal(beginning) === undefined) {
      if (!isEnvelope(beginning)) throw error;
      // `SET` accepts no time of 0.
      await replaceStale({ key, stored: String(initial), ms: ms === 0 ? 1 : ms }, context);
    }
    const [sum] = await context.ask([commandOf(this.increment, number)]);
    return sum!;
  }
}

function commandOf({ name, key, amount, initial, ms }: Increment, reply: ReplyShape<number>): Command<number> {
  if (initial === 0 && ms === null) return write(name, [key, amount], reply);
  return run(incrementScript, [key], [name, amount, initial, ms ?? -1], reply);
}

const isOfNoNumber = (error: unknown): boolean => /value is not (an integer|a valid float)/.test(errorText(error));
