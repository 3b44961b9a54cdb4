import { LRUCache } from 'lru-cache';
import { isReservation } from '../codec/envelope.js';
import type { LocalStats } from '../observability/stats.js';
import type { ResolvedTracking } from '../options/tracking.options.js';
import { KeptValue } from './kept-value.js';
import { plainCopies } from './plain-copies.js';

/** A key that is being read; what comes of it is kept only where nothing has changed meanwhile. */
export interface PendingRead {
  readonly key: string;
  isValid: boolean;
  readers: number;
}

/** Values that were read, by their keys on the wire, for as long as nobody says that they have changed. */
export class LocalCopies {
  /** How many keys they have answered. */
  hits = 0;
  /** How many were dropped for want of room. */
  evictions = 0;
  private isOn = false;
  private readonly values: LRUCache<string, KeptValue>;
  private readonly pending = new Map<string, PendingRead>();
  private readonly byData = new WeakMap<Buffer, KeptValue>();
  private readonly timeoutMs: number;

  constructor({ maxEntries, maxBytes, timeoutMs }: ResolvedTracking) {
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

  /** Whether copies are kept and given: somebody tells of every change. */
  get isActive(): boolean {
    return this.isOn;
  }

  get entries(): number {
    return this.values.size;
  }

  /** About what they take. */
  get bytes(): number {
    return this.values.calculatedSize;
  }

  get stats(): LocalStats {
    const { hits, entries, bytes, evictions } = this;
    return { hits, entries, bytes, evictions };
  }

  /** From here on every change is told of. */
  resume(): void {
    this.isOn = true;
  }

  /** Changes may be missed from here on. */
  pause(): void {
    this.isOn = false;
    this.forgetAll();
  }

  /** What is kept of a key. */
  get(key: string): KeptValue | undefined {
    const value = this.values.get(key);
    if (value === undefined || value.deadline === Infinity || value.deadline > performance.now()) return value;
    this.values.delete(key);
    return undefined;
  }

  /** The value whose bytes these are: that very Buffer. */
  ofData(data: Buffer): KeptValue | undefined {
    return this.byData.get(data);
  }

  /** To be called before a key is read; `undefined` where the value could not be kept. To be ended by `endRead`. */
  beginRead(key: string): PendingRead | undefined {
    if (!this.isOn) return undefined;
    let read = this.pending.get(key);
    if (!read) this.pending.set(key, (read = { key, isValid: true, readers: 0 }));
    read.readers++;
    return read;
  }

  /**
   * Keeps what was read.
   *
   * @param startedAt when it was asked for: the time to live was longer then
   * @param ttlMs as PTTL gives it
   */
  endRead(read: PendingRead, startedAt: number, data: unknown, ttlMs: unknown): void {
    if (--read.readers === 0 && read.isValid) this.pending.delete(read.key);
    if (!read.isValid || !Buffer.isBuffer(data) || isReservation(data)) return;
    if (typeof ttlMs !== 'number' || ttlMs === 0 || ttlMs < -1) return;
    const expiresAt = ttlMs === -1 ? Infinity : startedAt + ttlMs;
    // The reply is a piece of a large buffer, which would stay as long as the piece.
    const bytes = Buffer.allocUnsafeSlow(data.length);
    data.copy(bytes);
    this.put(new KeptValue(read.key, bytes, expiresAt, Math.min(expiresAt, startedAt + this.timeoutMs)));
  }

  /** Takes what the bytes of a kept value were decoded to, or a promise of it; gives what the caller may have of it. */
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
