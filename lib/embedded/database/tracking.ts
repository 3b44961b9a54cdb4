import type { Bytes } from '../protocol/bytes.js';

/** Whoever reads keys, and can be told that they changed. */
export interface Reader {
  /** Keys that are no longer as they were read; null means all. */
  invalidate(keys: readonly Bytes[] | null): void;
}

/** How a client asked to be told of changes (CLIENT TRACKING). */
export interface TrackingMode {
  /** Who gets the invalidations. */
  readonly redirect: Reader;
  /** With BCAST: changes of all keys with one of these prefixes; else of the keys that the reader has read. */
  readonly prefixes: readonly Bytes[] | undefined;
  readonly noLoop: boolean;
}

/** Redis' tracking-table-max-keys: past that, the keys that were read first count as changed. */
const MAX_KEYS = 1_000_000;

/** Tells clients which keys changed, as Redis' client-side caching does; a key that was read is told of once. */
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
    if (this.readers.size > MAX_KEYS) this.changed(this.readers.keys().next().value ?? '', undefined);
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

  /** After FLUSHDB and FLUSHALL everything is invalid. */
  flushed(): void {
    this.readers.clear();
    for (const mode of this.modes.values()) mode.redirect.invalidate(null);
  }

  /** Sends what the command that just ended has changed. */
  flush(): void {
    for (const [reader, keys] of this.invalid) this.modes.get(reader)?.redirect.invalidate([...keys]);
    this.invalid.clear();
  }
}
