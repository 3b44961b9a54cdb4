import { LRUCache } from 'lru-cache';
import { isReservation } from '../codec/envelope.js';
import type { LocalStats } from '../observability/stats.js';
import type { ResolvedTracking } from '../options/tracking.options.js';
import { KeptValue } from './kept-value.js';
import { plainCopies } from './plain-copies.js';

/** A key that is being read; the result is kept only if nothing has changed meanwhile. */
export interface PendingRead {
  readonly key: string;
  isValid: boolean;
  readers: number;
}

/** Values that were read, by their keys on the wire, for as long as no change is reported. */
export class LocalCopies {
  /** The number of keys answered from copies. */
  hits = 0;
  /** The number of copies evicted for lack of space. */
  evictions = 0;
  /** The number of changes that servers have reported. */
  reported = 0;
  private isOn = false;
  private readonly values: LRUCache<string, KeptValue>;
  private readonly pending = new Map<string, PendingRead>();
  private readonly byData = new WeakMap<Buffer, KeptValue>();
  /** The last that was asked for: most likely its bytes are about to be decoded. */
  private latest: KeptValue | undefined;
  private readonly timeoutMs: number;

  constructor(readonly limits: ResolvedTracking) {
    const { maxEntries, maxBytes, timeoutMs } = limits;
    this.timeoutMs = timeoutMs ?? Infinity;
    this.values = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      sizeCalculation: ({ size }) => size,
      dispose: (_value, _key, reason) => {
        if (reason === 'evict') this.evictions++;
      },
    });
  }

  /** Whether copies are kept and served: every change is reported. */
  get isActive(): boolean {
    return this.isOn;
  }

  get entries(): number {
    return this.values.size;
  }

  /** Their approximate size in bytes. */
  get bytes(): number {
    return this.values.calculatedSize;
  }

  get stats(): LocalStats {
    const { hits, entries, bytes, evictions } = this;
    return { hits, entries, bytes, evictions };
  }

  /** From here on every change is reported. */
  resume(): void {
    this.isOn = true;
  }

  /** Changes may be missed from here on. */
  pause(): void {
    this.isOn = false;
    this.forgetAll();
  }

  /** The copy of a key. */
  get(key: string): KeptValue | undefined {
    const value = this.values.get(key);
    this.latest = value;
    if (value === undefined || value.deadline === Infinity || value.deadline > performance.now()) return value;
    this.values.delete(key);
    return undefined;
  }

  /** The value for these bytes: the same Buffer is required. */
  ofData(data: Buffer): KeptValue | undefined {
    return this.latest?.data === data ? this.latest : this.byData.get(data);
  }

  /** Called before a key is read; `undefined` if the value could not be kept. `endRead` must follow. */
  beginRead(key: string): PendingRead | undefined {
    if (!this.isOn) return undefined;
    let read = this.pending.get(key);
    if (!read) this.pending.set(key, (read = { key, isValid: true, readers: 0 }));
    read.readers++;
    return read;
  }

  /**
   * Keeps the value that was read.
   *
   * @param startedAt when the read was sent: the time to live was longer then
   * @param ttlMs in the format of PTTL
   */
  endRead(read: PendingRead, startedAt: number, data: unknown, ttlMs: unknown): void {
    if (--read.readers === 0 && read.isValid) this.pending.delete(read.key);
    if (!read.isValid || !Buffer.isBuffer(data) || isReservation(data)) return;
    if (typeof ttlMs !== 'number' || ttlMs === 0 || ttlMs < -1) return;
    const expiresAt = ttlMs === -1 ? Infinity : startedAt + ttlMs;
    // The reply is a slice of a large buffer, which would live as long as the slice.
    const bytes = Buffer.allocUnsafeSlow(data.length);
    data.copy(bytes);
    this.put(new KeptValue(read.key, bytes, expiresAt, Math.min(expiresAt, startedAt + this.timeoutMs)));
  }

  /** Keeps the decoded value of a copy, or a promise of it; returns the caller's own copy. */
  learn(kept: KeptValue, decoded: unknown): unknown {
    if (kept.copies === null) return decoded;
    if (decoded instanceof Promise) return decoded.then((value) => this.learn(kept, value));
    const copies = plainCopies(decoded) ?? null;
    if (this.values.peek(kept.key) === kept) this.put(kept.known(copies));
    return copies ? copies.make() : decoded;
  }

  /** The key has changed, or may have. */
  forget(key: string): void {
    this.values.delete(key);
    const read = this.pending.get(key);
    if (!read) return;
    read.isValid = false;
    this.pending.delete(key);
  }

  /** Any key may have changed. */
  forgetAll(): void {
    this.values.clear();
    for (const read of this.pending.values()) read.isValid = false;
    this.pending.clear();
  }

  private put(value: KeptValue): void {
    this.byData.set(value.data, value);
    this.values.set(value.key, value);
  }
}
