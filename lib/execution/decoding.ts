import type { Key } from '../command-model/command.js';
import { CodecError } from '../errors/index.js';
import type { EntryCodec } from './entry-codec.js';
import type { Outage } from './outage.js';

/** Reads stored values. An unreadable value is a miss under `ignoreExceptions`, and for callers that recompute it. */
export class Decoding {
  constructor(
    private readonly codec: EntryCodec,
    private readonly outage: Pick<Outage, 'ignoresExceptions'>,
  ) {}

  /** For elements, members and messages. */
  decode(data: Buffer): unknown {
    if (!this.outage.ignoresExceptions) return this.codec.decode(data);
    try {
      const decoded = this.codec.decode(data);
      return decoded instanceof Promise ? decoded.catch(missWhereUnreadable) : decoded;
    } catch (error) {
      return missWhereUnreadable(error);
    }
  }

  /**
   * For an entry, or a field of a hash. `isMiss`: an unreadable value is `undefined`; the default depends on
   * `ignoreExceptions`.
   */
  decodeAt(key: Key, data: Buffer, isMiss?: boolean): unknown {
    try {
      const decoded = this.codec.decodeAt(key, data);
      return decoded instanceof Promise ? decoded.catch((error) => this.failed(key, error, isMiss)) : decoded;
    } catch (error) {
      return this.failed(key, error, isMiss);
    }
  }

  private failed({ name }: Key, error: unknown, isMiss = this.outage.ignoresExceptions): undefined {
    if (!(error instanceof CodecError)) throw error;
    this.codec.reports.couldNotRead(name, error, isMiss);
    if (!isMiss) throw error;
  }
}

function missWhereUnreadable(error: unknown): undefined {
  if (!(error instanceof CodecError)) throw error;
}
