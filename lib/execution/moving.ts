import { type Command, Key } from '../command-model/command.js';
import { boundCommand } from '../entries/bound.js';
import { NotSupportedError } from '../errors/index.js';
import type { EntryCodec } from './entry-codec.js';
import { describeCommand } from './error-mapper.js';

/** Who sends commands to a cache that may encrypt. */
interface Sender {
  readonly codec: Pick<EntryCodec, 'bindsToKeys'>;
  execute<T>(command: Command<T>): Promise<T>;
}

/** Has a value moved to another key. */
export async function move<T>(
  sender: Sender,
  command: Command<T>,
  send: (command: Command<T>) => Promise<T>,
): Promise<T> {
  await ensureMovable(sender, command);
  return send({ ...command, moves: false });
}

/**
 * Before a value goes to another key.
 *
 * @throws NotSupportedError where it could not be read there, as it is encrypted
 */
export async function ensureMovable(sender: Sender, command: Command<unknown>): Promise<void> {
  if (!sender.codec.bindsToKeys) return;
  const source = command.args.find((arg) => arg instanceof Key);
  if (source && (await sender.execute(boundCommand(source)))) throw unmovable(command);
}

/** What of a pipeline nobody can look at before. */
export function unmovable(command: Command<unknown>, isQueued = false): NotSupportedError {
  const what = describeCommand(command);
  return new NotSupportedError(
    isQueued
      ? `${what} moves a value, which may be encrypted for its key, and a pipeline cannot look: call it on the service`
      : `${what}: its value is encrypted for this key, and could be read under no other: read it, and set it there`,
  );
}
