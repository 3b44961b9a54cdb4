import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { EncryptionError } from '../errors/index.js';
import { quoted } from '../errors/quoted.js';
import { ENCRYPTED_FORMAT, MARK_LENGTH, MARKER } from './format.js';

/** A key, and the name that stands before what it has encrypted. */
export interface NamedKey {
  /** At most 255 bytes. */
  readonly id: string;
  /** Of 32 bytes. */
  readonly key: KeyObject;
}

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** A key, with what begins all that it has encrypted. */
interface Slot extends NamedKey {
  readonly head: Buffer;
}

/**
 * Encrypts with the first of its keys, and decrypts with the one that was used: AES-256-GCM. What is encrypted belongs to a
 * place, and can be read nowhere else.
 *
 * `C1 03`, the length of the key's name and the name, a nonce of 12 bytes, a tag of 16, and the encrypted bytes. All that
 * is before the nonce is authenticated, too.
 */
export class Keyring {
  private readonly slots = new Map<string, Slot>();
  private readonly writer: Slot;

  constructor(keys: readonly NamedKey[]) {
    for (const { id, key } of keys) this.slots.set(id, { id, key, head: headOf(id) });
    const [first] = this.slots.values();
    if (!first) throw new RangeError('A keyring has one key at least');
    this.writer = first;
  }

  /** @param nonce never the same twice with one key */
  encrypt(data: Buffer | string, place: string | Buffer, nonce: Buffer = randomBytes(nonceLength)): Buffer {
    const { key, head } = this.writer;
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
    cipher.setAAD(Buffer.concat([head, Buffer.from(place)]));
    const encrypted = [cipher.update(Buffer.from(data)), cipher.final()];
    return Buffer.concat([head, nonce, cipher.getAuthTag(), ...encrypted]);
  }

  /** @throws EncryptionError for what was changed, moved, cut off, or encrypted by others */
  decrypt(data: Buffer, place: string | Buffer): Buffer {
    const id = keyIdOf(data);
    const slot = id === undefined ? undefined : this.slots.get(id);
    if (!slot || data.length < slot.head.length + nonceLength + tagLength) throw undecipherable(id, slot);
    const [start, tagStart] = [slot.head.length, slot.head.length + nonceLength];
    const decipher = createDecipheriv(algorithm, slot.key, data.subarray(start, tagStart), {
      authTagLength: tagLength,
    });
    decipher.setAAD(Buffer.concat([slot.head, Buffer.from(place)]));
    decipher.setAuthTag(data.subarray(tagStart, tagStart + tagLength));
    try {
      return Buffer.concat([decipher.update(data.subarray(tagStart + tagLength)), decipher.final()]);
    } catch {
      throw new EncryptionError(
        `The stored bytes cannot be decrypted: they were changed, or encrypted for another key than this one, or ` +
          `encryption.keys has another key under the id ${quoted(slot.id)} than the one that encrypted them`,
      );
    }
  }
}

export function isEncrypted(data: Buffer): boolean {
  return data[0] === MARKER && data[1] === ENCRYPTED_FORMAT;
}

/** The name of the key, `undefined` where the bytes end before it does. */
function keyIdOf(data: Buffer): string | undefined {
  const start = MARK_LENGTH + 1;
  const end = start + (data[MARK_LENGTH] ?? 0);
  return data.length < end ? undefined : data.toString('utf8', start, end);
}

function headOf(id: string): Buffer {
  const name = Buffer.from(id);
  return Buffer.concat([Buffer.of(MARKER, ENCRYPTED_FORMAT, name.length), name]);
}

function undecipherable(id: string | undefined, slot: Slot | undefined): EncryptionError {
  if (id === undefined || slot) return new EncryptionError('The stored bytes are encrypted, and truncated');
  return new EncryptionError(
    `The stored bytes were encrypted with the key ${quoted(id.slice(0, 64))}, which encryption.keys does not have`,
  );
}
