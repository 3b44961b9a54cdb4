import { type Command, Key } from '../command-model/command.js';
import { boundCommand } from '../entries/bound.js';
import { NotSupportedError } from '../errors/index.js';
import type { EntryCodec } from './entry-codec.js';
import { describeCommand } from './error-mapper.js';

/** A sender of commands for a cache that may encrypt. */
interface Sender {
  readonly codec: Pick<EntryCodec, 'bindsToKeys'>;
  execute<T>(command: Command<T>): Promise<T>;
  prepare(command: Command<unknown>): unknown;
}

/** Moves a value to another key, if it stays readable there. */
export async function move<T>(
  sender: Sender,
  command: Command<T>,
  send: (command: Command<T>) => Promise<T>,
): Promise<T> {
  const movable = { ...command, moves: false };
  // A refused argument, or two keys in two slots, is an error before anything is sent.
  sender.prepare(movable);
  if (command.provided && !(await sender.execute(command.provided))) return command.reply.missing();
  await ensureMovable(sender, command);
  return send(movable);
}

/**
 * Checks a value before it moves to another key.
 *
 * @throws NotSupportedError if it is encrypted, and so could not be read there
 */
export async function ensureMovable(sender: Sender, command: Command<unknown>): Promise<void> {
  if (!sender.codec.bindsToKeys) return;
  const source = command.args.find((arg) => arg instanceof Key);
  if (source && (await sender.execute(boundCommand(source)))) throw unmovable(command);
}

/** The error for a value that cannot move; in a pipeline, nothing can be checked first. */
export function unmovable(command: Command<unknown>, isQueued = false): NotSupportedError {
  const what = describeCommand(command);
  return new NotSupportedError(
    isQueued
      ? `${what} may move a value that is encrypted for its key, which a pipeline cannot check: call it on the service`
      : `${what}: the value is encrypted for this key, and unreadable under another: read it, and set it there`,
  );
}
