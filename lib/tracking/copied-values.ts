import type { Key } from '../command-model/command.js';
import { EntryCodec, type EntryCodecParts } from '../execution/entry-codec.js';
import type { LocalCopies } from './local-copies.js';

/**
 * A codec that decodes the bytes of a local copy once if the value is plain data, and copies the result from then on.
 */
export class CopiedValues extends EntryCodec {
  constructor(
    parts: EntryCodecParts,
    readonly copies: LocalCopies,
  ) {
    super(parts);
  }

  override decodeAt(key: Key, data: Buffer): unknown {
    const kept = this.copies.ofData(data);
    if (kept?.copies) return kept.copies.make();
    const decoded = super.decodeAt(key, data);
    return kept ? this.copies.learn(kept, decoded) : decoded;
  }
}
