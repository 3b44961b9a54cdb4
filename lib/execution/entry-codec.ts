import type { Codec, Encoded } from '../codec/codec.types.js';
import type { Key } from '../command-model/command.js';
import { SerializerError } from '../errors/index.js';
import type { EntryReports } from '../observability/entry-reports.js';
import type { ResolvedMaxValueBytes } from '../options/max-value-bytes.options.js';

/** What an {@link EntryCodec} is made of. */
export interface EntryCodecParts {
  readonly codec: Codec;
  readonly reports: EntryReports;
  readonly limits: ResolvedMaxValueBytes | undefined;
}

/** What a cache makes bytes of values with: those of a key, and those that belong to none. */
export class EntryCodec implements Codec {
  readonly reports: EntryReports;
  private readonly codec: Codec;
  private readonly limits: ResolvedMaxValueBytes | undefined;

  constructor({ codec, reports, limits }: EntryCodecParts) {
    this.codec = codec;
    this.reports = reports;
    this.limits = limits;
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

  /** Of an entry, or of a field of a hash: as it is stored. */
  encodeAt(key: Key, value: unknown): Encoded | Promise<Encoded> {
    const data = this.codec.encode(value);
    if (!this.limits) return data;
    return data instanceof Promise ? data.then((bytes) => this.storedAt(key, bytes)) : this.storedAt(key, data);
  }

  /**
   * What becomes of an encoded value on its way to a key.
   *
   * @throws SerializerError where it is longer than values may be
   */
  storedAt(key: Key, data: Encoded): Encoded {
    const { limits } = this;
    if (limits && data.length > Math.min(limits.warn, limits.refuse)) this.weigh(key.name, data.length, limits);
    return data;
  }

  /** Of an entry, or of a field of a hash. */
  decodeAt(_key: Key, data: Buffer): unknown {
    return this.codec.decode(data);
  }

  private weigh(key: string, length: number, { warn, refuse }: ResolvedMaxValueBytes): void {
    const isRefused = length > refuse;
    this.reports.isLarge(key, length, isRefused ? refuse : warn, isRefused);
    if (!isRefused) return;
    throw new SerializerError(`the value takes ${length} bytes, and maxValueBytes refuses more than ${refuse}`);
  }
}
