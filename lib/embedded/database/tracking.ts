import type { Bytes } from '../protocol/bytes.js';

/** A client that reads keys and can be told that they changed. */
export interface Reader {
  /** Reports keys that changed since they were read; null means all keys. */
  invalidate(keys: readonly Bytes[] | null): void;
}

/** What a client asked for with CLIENT TRACKING. */
export interface TrackingMode {
  /** The client that receives the invalidations. */
  readonly redirect: Reader;
  /** With BCAST, the prefixes of the keys to report. Otherwise only keys that the client has read are reported. */
  readonly prefixes: readonly Bytes[] | undefined;
  readonly noLoop: boolean;
}

/** Redis' tracking-table-max-keys. Beyond it, the keys read first are reported as changed. */
const maxKeys = 1_000_000;

/** Tells clients which keys changed, like Redis' client-side caching: once for each key that was read. */
export class Tracking {
  private readonly modes = new Map<Reader, TrackingMode>();
  private readonly readers = new Map<Bytes, Set<Reader>>();
  private readonly invalid = new Map<Reader, Set<Bytes>>();

  get isActive(): boolean {
    return this.modes.size > 0;
  }

  enable(reader: Reader, mode: TrackingMode): void {
    this.modes.set(reader, mode);
  }

  disable(reader: Reader): void {
    this.modes.delete(reader);
    this.invalid.delete(reader);
  }

  read(key: Bytes, reader: Reader): void {
    const mode = this.modes.get(reader);
    if (!mode || mode.prefixes) return;
    const readers = this.readers.get(key) ?? new Set();
    this.readers.set(key, readers.add(reader));
    if (this.readers.size > maxKeys) this.changed(this.readers.keys().next().value ?? '', undefined);
  }

  changed(key: Bytes, by: Reader | undefined): void {
    if (!this.isActive) return;
    const readers = this.readers.get(key);
    this.readers.delete(key);
    for (const [reader, mode] of this.modes) {
      const isConcerned = mode.prefixes?.some((prefix) => key.startsWith(prefix)) ?? readers?.has(reader);
      if (!isConcerned || (mode.noLoop && reader === by)) continue;
      const keys = this.invalid.get(reader) ?? new Set();
      this.invalid.set(reader, keys.add(key));
    }
  }

  /** Invalidates everything, after FLUSHDB and FLUSHALL. */
  flushed(): void {
    this.readers.clear();
    for (const mode of this.modes.values()) mode.redirect.invalidate(null);
  }

  /** Sends the invalidations caused by the command that just ended. */
  flush(): void {
    for (const [reader, keys] of this.invalid) this.modes.get(reader)?.redirect.invalidate([...keys]);
    this.invalid.clear();
  }
}
