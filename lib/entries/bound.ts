import { isEnvelope, isReservation, openEnvelope } from '../codec/envelope.js';
import { isEncrypted } from '../codec/keyring.js';
import { type Command, type Key, write } from '../command-model/command.js';
import { shape } from '../command-model/replies.js';
import { listIn, textIn } from '../wire/reply-parts.js';
import { beginningOf } from './envelope-head.js';

/** Whether the value of a key could not be read under another key: it is encrypted, or a hash, whose fields may be. */
export function boundCommand(key: Key): Command<boolean> {
  const reply = shape<boolean>(
    (raw) => {
      const [beginning, type] = listIn(raw);
      return textIn(type) === 'hash' || (Buffer.isBuffer(beginning) && isBound(beginning));
    },
    () => false,
  );
  return { ...write('TYPE', [key], reply), ahead: [beginningOf(key, 'write')] };
}

function isBound(beginning: Buffer): boolean {
  if (!isEnvelope(beginning) || isReservation(beginning)) return isEncrypted(beginning);
  const envelope = openEnvelope(beginning);
  // If the head is too long to see the value behind it, assume that the value is encrypted.
  return !envelope || isEncrypted(envelope.data);
}
