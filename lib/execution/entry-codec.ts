import { type Layers, ValueCodec } from '../codec/codec.js';
import type { Codec, Encoded } from '../codec/codec.types.js';
import { isEncrypted, type Keyring } from '../codec/keyring.js';
import { parseDecimal } from '../codec/serializers/decimal.js';
import type { Key } from '../command-model/command.js';
import { EncryptionError, SerializerError } from '../errors/index.js';
import type { EntryReports } from '../observability/entry-reports.js';
import type { ResolvedMaxValueBytes } from '../options/max-value-bytes.options.js';

import type { KeyBuilder } from './key-builder.js';

/** The parts of an {@link EntryCodec}. */
export interface EntryCodecParts {
  readonly codec: Codec;
  readonly reports: EntryReports;
  readonly limits: ResolvedMaxValueBytes | undefined;
  readonly sealing: Sealing | undefined;
}

/** How the values of keys are encrypted. */
export interface Sealing {
  readonly ring: Keyring;
  /** Each value is encrypted for its key on the server. */
  readonly keys: Pick<KeyBuilder, 'wire'>;
  /** Whether unencrypted values are read as well. */
  readonly readPlain: boolean;
}

/** The codec of a cache: for the values of keys, and for those that belong to no key. */
export class EntryCodec implements Codec {
  readonly reports: EntryReports;
  private readonly codec: Codec;
  private readonly limits: ResolvedMaxValueBytes | undefined;
  private readonly sealing: Sealing | undefined;

  constructor({ codec, reports, limits, sealing }: EntryCodecParts) {
    this.codec = codec;
    this.reports = reports;
    this.limits = limits;
    this.sealing = sealing;
  }

  /** Whether a stored value can be read only under its own key. */
  get bindsToKeys(): boolean {
    return this.sealing !== undefined;
  }

  encode(value: unknown): Encoded | Promise<Encoded> {
    return this.codec.encode(value);
  }

  encodeCanonical(value: unknown): Encoded {
    return this.codec.encodeCanonical(value);
  }

  decode(data: Buffer): unknown {
    return this.codec.decode(data);
  }

  /** The bytes to store for an entry, or a field of a hash. */
  encodeAt(key: Key, value: unknown): Encoded | Promise<Encoded> {
    const data = this.codec.encode(value);
    if (!this.limits && !this.sealing) return data;
    return data instanceof Promise ? data.then((bytes) => this.storedAt(key, bytes)) : this.storedAt(key, data);
  }

  /** The same for other data, of any length. */
  encodeSealed(key: Key, value: unknown): Encoded | Promise<Encoded> {
    const data = this.codec.encode(value);
    if (!this.sealing) return data;
    return data instanceof Promise ? data.then((bytes) => this.sealedAt(key, bytes)) : this.sealedAt(key, data);
  }

  /**
   * The bytes to store at a key for an encoded value.
   *
   * @throws SerializerError if they are longer than `maxValueBytes` allows
   */
  storedAt(key: Key, data: Encoded): Encoded {
    const bytes = this.sealedAt(key, data);
    this.expectShort(key.name, bytes.length);
    return bytes;
  }

  /** @throws SerializerError if so many bytes are more than `maxValueBytes` allows */
  expectShort(key: string, bytes: number): void {
    const { limits } = this;
    if (limits && bytes > Math.min(limits.warn, limits.refuse)) this.weigh(key, bytes, limits);
  }

  /** The value of an entry, or of a field of a hash. */
  decodeAt(key: Key, data: Buffer): unknown {
    return this.codec.decode(this.sealing ? this.openedAt(key, data, this.sealing) : data);
  }

  /**
   * The same for a caller that accepts only a limited number of bytes; without a key, for data that belong to none.
   *
   * @throws OutputTooLong if it decompresses to more than `most` bytes
   */
  async decodeWithin(key: Key | undefined, data: Buffer, most: number): Promise<unknown> {
    const { sealing, codec } = this;
    const plain = key && sealing ? this.openedAt(key, data, sealing) : data;
    return codec instanceof ValueCodec ? await codec.decodeWithin(plain, most) : await codec.decode(plain);
  }

  /** How a stored value was turned into bytes, as far as the first `most` decompressed bytes show it. */
  async layersAt(key: Key, data: Buffer, most: number): Promise<Layers & { readonly encrypted: boolean }> {
    const { sealing, codec } = this;
    const encrypted = isEncrypted(data);
    if (encrypted && !sealing) return { encrypted };
    const plain = encrypted && sealing ? sealing.ring.decrypt(data, sealing.keys.wire(key)) : data;
    return { encrypted, ...(codec instanceof ValueCodec && (await codec.layersOf(plain, most))) };
  }

  private openedAt(key: Key, data: Buffer, { ring, keys, readPlain }: Sealing): Buffer {
    if (isEncrypted(data)) return ring.decrypt(data, keys.wire(key));
    if (!readPlain && parseDecimal(data) === undefined) throw notEncrypted();
    return data;
  }

  private sealedAt(key: Key, data: Encoded): Encoded {
    const { sealing } = this;
    // Decimal text stays in the clear, so that the server can count.
    return sealing && typeof data !== 'string' ? sealing.ring.encrypt(data, sealing.keys.wire(key)) : data;
  }

  private weigh(key: string, length: number, { warn, refuse }: ResolvedMaxValueBytes): void {
    const isRefused = length > refuse;
    this.reports.isLarge(key, length, isRefused ? refuse : warn, isRefused);
    if (!isRefused) return;
    throw new SerializerError(`the value takes ${length} bytes, and maxValueBytes refuses more than ${refuse}`);
  }
}

const notEncrypted = (): EncryptionError =>
  new EncryptionError(
    'The stored bytes are not encrypted: delete the key, or set encryption.readPlain as long as there are such values',
  );
