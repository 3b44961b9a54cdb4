import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { EncryptionError } from '../errors/index.js';
import { quoted } from '../errors/quoted.js';
import { ENCRYPTED_FORMAT, MARK_LENGTH, MARKER } from './format.js';

/** A key, and the name written before everything that it encrypts. */
export interface NamedKey {
  /** At most 255 bytes. */
  readonly id: string;
  /** Of 32 bytes. */
  readonly key: KeyObject;
}

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** A key, with the head of everything that it has encrypted. */
interface Slot extends NamedKey {
  readonly head: Buffer;
}

/**
 * Encrypts with its first key, and decrypts with the key that was used: AES-256-GCM. Encrypted data are bound to a
 * place, and cannot be read anywhere else.
 *
 * `C1 03`, the length of the key's name and the name, a nonce of 12 bytes, a tag of 16, and the encrypted bytes.
 * Everything before the nonce is authenticated, too.
 */
export class Keyring {
  private readonly slots = new Map<string, Slot>();
  private readonly writer: Slot;

  constructor(keys: readonly NamedKey[]) {
    for (const { id, key } of keys) this.slots.set(id, { id, key, head: headOf(id) });
    const [first] = this.slots.values();
    if (!first) throw new RangeError('A keyring needs at least one key');
    this.writer = first;
  }

  /** @param nonce never used twice with one key */
  encrypt(data: Buffer | string, place: string | Buffer, nonce: Buffer = randomBytes(nonceLength)): Buffer {
    const { key, head } = this.writer;
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
    cipher.setAAD(Buffer.concat([head, Buffer.from(place)]));
    const encrypted = [cipher.update(Buffer.from(data)), cipher.final()];
    return Buffer.concat([head, nonce, cipher.getAuthTag(), ...encrypted]);
  }

  /** @throws EncryptionError for data that were changed, moved, truncated, or encrypted with an unknown key */
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
        `The stored bytes cannot be decrypted: they were changed, were encrypted for another key than this one, or ` +
          `encryption.keys has a different key under the id ${quoted(slot.id)} than the one that encrypted them`,
      );
    }
  }
}

export function isEncrypted(data: Buffer): boolean {
  return data[0] === MARKER && data[1] === ENCRYPTED_FORMAT;
}

/** The name of the key; `undefined` if the bytes end before it does. */
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
    `The stored bytes were encrypted with the key ${quoted(id.slice(0, 64))}, which is not in encryption.keys`,
  );
}
