import type { Codec, Encoded } from '../codec/codec.types.js';
import type { LocalCopies } from './local-copies.js';

/** A codec that decodes the bytes of a local copy once, where the value is plain data, and copies that from then on. */
export class CopiedValues implements Codec {
  constructor(
    private readonly codec: Codec,
    private readonly copies: LocalCopies,
  ) {}

  encode(value: unknown): Encoded | Promise<Encoded> {
    return this.codec.encode(value);
  }

  encodeCanonical(value: unknown): Encoded {
    return this.codec.encodeCanonical(value);
  }

  decode(data: Buffer): unknown {
    const kept = this.copies.ofData(data);
    if (kept?.copies) return kept.copies.make();
    const decoded = this.codec.decode(data);
    return kept ? this.copies.learn(kept, decoded) : decoded;
  }
}
