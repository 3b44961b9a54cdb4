import type { Argument, MemorySession, Reply } from '../../lib/embedded/index.js';
import { type Plain, toPlain } from './differential/normalise.js';

/** An immediate reply with its bytes as text. */
export function text(reply: Reply | Promise<Reply>): Plain {
  if (reply instanceof Promise) throw new Error('the reply is not there yet');
  return toPlain(reply);
}

/** Runs a command that answers at once. */
export function run(session: MemorySession, name: string, args: readonly Argument[] = []): Plain {
  return text(session.call(name, args));
}
