import { parseDecimal } from '../codec/decimal.js';
import { isEnvelope } from '../codec/envelope.js';
import { type Addition, replaceStale } from './add.js';
import type { Command, ReplyContext, ReplyShape } from '../command-model/command.js';
import { errorText } from '../errors/error-text.js';
import { beginningOf } from './envelope-head.js';

/**
 * Counts. An entry with an envelope is no number; where it no longer counts, it is not there: it is replaced in a second
 * step, for only its envelope tells.
 */
export class IncrementReply implements ReplyShape<number> {
  constructor(
    private readonly command: Command<number>,
    private readonly start: Addition,
  ) {}

  decode(raw: unknown, context: ReplyContext): number | Promise<number> {
    return this.command.reply.decode(raw, context);
  }

  missing(): number {
    return this.command.reply.missing();
  }

  rescue(error: unknown, context: ReplyContext): Promise<number> | undefined {
    return isOfNoNumber(error) ? this.tryAgain(error, context) : undefined;
  }

  private async tryAgain(error: unknown, context: ReplyContext): Promise<number> {
    const [beginning] = await context.ask([beginningOf(this.start.key, 'write')]);
    // Somebody else may have replaced it by a number meanwhile.
    if (Buffer.isBuffer(beginning) && parseDecimal(beginning) === undefined) {
      if (!isEnvelope(beginning)) throw error;
      await replaceStale(this.start, context);
    }
    const [sum] = await context.ask([this.command]);
    return sum!;
  }
}

const isOfNoNumber = (error: unknown): boolean => /value is not (an integer|a valid float)/.test(errorText(error));
