import type { Codec } from '../codec/codec.types.js';
import type { Key } from '../command-model/command.js';
import { EntryCodec } from '../execution/entry-codec.js';
import type { EntryReports } from '../observability/entry-reports.js';
import type { LocalCopies } from './local-copies.js';

/** A codec that decodes the bytes of a local copy once, where the value is plain data, and copies that from then on. */
export class CopiedValues extends EntryCodec {
  constructor(
    codec: Codec,
    reports: EntryReports,
    readonly copies: LocalCopies,
  ) {
    super(codec, reports);
  }

  override decodeAt(key: Key, data: Buffer): unknown {
    const kept = this.copies.ofData(data);
    if (kept?.copies) return kept.copies.make();
    const decoded = super.decodeAt(key, data);
    return kept ? this.copies.learn(kept, decoded) : decoded;
  }
}
