import { createSecretKey, type KeyObject } from 'node:crypto';
import { isObject, Obeys, Optional } from './option-rules.js';
import { HideSecrets } from './secrets.js';
import { IsBoolean } from './validators.js';

/** A key of {@link EncryptionOptions}. @publicApi */
export interface EncryptionKey {
  /** Stored in the clear beside each value: letters, digits, `_`, `.` and `-`, 64 at most. */
  readonly id: string;
  /** 32 random bytes: a Buffer, or text in base64 or hex. */
  readonly key: Uint8Array | string;
}

/**
 * Values are encrypted before they leave the process: AES-256-GCM, each for its own key on the server.
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ encryption: { keys: [{ id: '2027', key: newKey }, { id: '2026', key: oldKey }] } })
 */
@HideSecrets
export class EncryptionOptions {
  /**
   * The first key encrypts, all of them decrypt: put a new key first, and keep an old one until its values have
   * expired.
   */
  @Obeys('areEncryptionKeys', checkKeys)
  keys!: readonly EncryptionKey[];

  /**
   * Whether to read values that are not encrypted, too: during a move to encryption. Meanwhile the cache trusts
   * whatever anybody with write access puts on the server.
   *
   * @default false
   */
  @Optional()
  @IsBoolean()
  readPlain?: boolean;
}

/** {@link EncryptionOptions}, with keys that are never printed. @publicApi */
export interface ResolvedEncryption {
  /** The first one encrypts, all of them decrypt. */
  readonly keys: readonly { readonly id: string; readonly key: KeyObject }[];
  /** Whether values that are not encrypted are read, too. */
  readonly readPlain: boolean;
}

const keyLength = 32;
const hex = /^[0-9a-f]{64}$/i;
const base64 = /^[A-Za-z0-9+/_-]{43}=?$/;
const idPattern = /^[\w.-]{1,64}$/;

export function resolveEncryption(options: EncryptionOptions | undefined): ResolvedEncryption | undefined {
  if (options === undefined) return undefined;
  const { keys, readPlain = false } = options;
  const resolved = keys.map(({ id, key }) => Object.freeze({ id, key: createSecretKey(bytesOf(key)!) }));
  return Object.freeze({ keys: Object.freeze(resolved), readPlain });
}

/** `undefined` if it is not a key. */
function bytesOf(key: unknown): Uint8Array | undefined {
  if (key instanceof Uint8Array) return key.length === keyLength ? key : undefined;
  if (typeof key !== 'string') return undefined;
  if (hex.test(key)) return Buffer.from(key, 'hex');
  return base64.test(key) ? Buffer.from(key, 'base64') : undefined;
}

function checkKeys(value: unknown, what: string): void {
  if (!Array.isArray(value) || value.length === 0) throw new TypeError(`${what} must be a list of { id, key }`);
  const ids = new Set<unknown>();
  for (const [index, item] of value.entries()) {
    const at = `${what}.${index}`;
    if (!isObject(item)) throw new TypeError(`${at} must be an object: { id, key }`);
    const { id, key, ...others } = item;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw new TypeError(`${at}.${unknown} should not exist`);
    if (typeof id !== 'string' || !idPattern.test(id)) {
      throw new TypeError(`${at}.id must be 1 to 64 letters, digits, '_', '.' or '-'`);
    }
    if (ids.has(id)) throw new TypeError(`${at}.id must not be that of another key`);
    ids.add(id);
    if (bytesOf(key) === undefined) {
      throw new TypeError(
        `${at}.key must be 32 bytes: a Buffer, or base64 or hex, for example from openssl rand -base64 32`,
      );
    }
  }
}
