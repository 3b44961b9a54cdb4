import type { Command, ReplyContext, ReplyShape } from './command.js';

/**
 * A command that fails while the server is away, whatever the module says: what it answers must not be taken for granted.
 * So does what is sent in its place.
 */
export function strict<T>(command: Command<T>): Command<T> {
  return { ...command, strict: true, otherwise: command.otherwise && strict(command.otherwise) };
}

/** The same, and it fails where a value cannot be read: half an answer is none. */
export function strictInAll<T>(command: Command<T>): Command<T> {
  return {
    ...command,
    reply: new StrictReply(command.reply),
    strict: true,
    otherwise: command.otherwise && strictInAll(command.otherwise),
  };
}

class StrictReply<T> implements ReplyShape<T> {
  constructor(private readonly reply: ReplyShape<T>) {}

  decode(raw: unknown, context: ReplyContext): T | Promise<T> {
    return this.reply.decode(raw, strictly(context));
  }

  rescue(error: unknown, context: ReplyContext): Promise<T> | undefined {
    return this.reply.rescue?.(error, strictly(context));
  }

  missing(): T {
    return this.reply.missing();
  }
}

const strictly = (context: ReplyContext): ReplyContext => ({ ...context, ...context.strictly });
