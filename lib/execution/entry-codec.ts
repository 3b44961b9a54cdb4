import type { Codec, Encoded } from '../codec/codec.types.js';
import type { Key } from '../command-model/command.js';
import type { EntryReports } from '../observability/entry-reports.js';

/** What a cache makes bytes of values with: those of a key, and those that belong to none. */
export class EntryCodec implements Codec {
  constructor(
    protected readonly codec: Codec,
    readonly reports: EntryReports,
  ) {}

  encode(value: unknown): Encoded | Promise<Encoded> {
    return this.codec.encode(value);
  }

  encodeCanonical(value: unknown): Encoded {
    return this.codec.encodeCanonical(value);
  }

  decode(data: Buffer): unknown {
    return this.codec.decode(data);
  }

  /** Of an entry, or of a field of a hash. */
  encodeAt(_key: Key, value: unknown): Encoded | Promise<Encoded> {
    return this.codec.encode(value);
  }

  /** Of an entry, or of a field of a hash. */
  decodeAt(_key: Key, data: Buffer): unknown {
    return this.codec.decode(data);
  }
}
