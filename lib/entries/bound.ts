/* oxlint-disable typescript/no-unsafe-type-assertion -- a reply is what the command above it is documented to give */
import { isEnvelope, isReservation, openEnvelope } from '../codec/envelope.js';
import { isEncrypted } from '../codec/keyring.js';
import { type Command, type Key, write } from '../command-model/command.js';
import { shape, text } from '../command-model/replies.js';
import { beginningOf } from './envelope-head.js';

/** Whether what stands at a key could be read under no other: it is encrypted, or a hash, whose fields may be. */
export function boundCommand(key: Key): Command<boolean> {
  const reply = shape<boolean>(
    (raw) => {
      const [beginning, type] = raw as [unknown, Buffer];
      return text(type) === 'hash' || (Buffer.isBuffer(beginning) && isBound(beginning));
    },
    () => false,
  );
  return { ...write('TYPE', [key], reply), ahead: [beginningOf(key, 'write')] };
}

function isBound(beginning: Buffer): boolean {
  if (!isEnvelope(beginning) || isReservation(beginning)) return isEncrypted(beginning);
  const envelope = openEnvelope(beginning);
  // Where its head is so long that the value is not in sight, it is taken for an encrypted one.
  return !envelope || isEncrypted(envelope.data);
}
