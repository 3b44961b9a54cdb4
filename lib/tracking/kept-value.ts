import type { PlainCopies } from './plain-copies.js';

/** The size of an entry without its key, its bytes and its value. */
const entryBytes = 700;

/** The stored bytes of a key, and their decoded value after the first read. */
export class KeptValue {
  /** Approximate size in bytes. */
  readonly size: number;

  constructor(
    /** As on the wire. */
    readonly key: string,
    readonly data: Buffer,
    /** By the clock of `performance.now()`: when the key expires, `Infinity` if never. */
    readonly expiresAt: number,
    /** It must not be used after that. */
    readonly deadline: number,
    /** `undefined` before the value is decoded; `null` if it is not plain data, and has to be decoded each time. */
    readonly copies?: PlainCopies | null,
  ) {
    this.size = entryBytes + key.length + data.length + (copies?.bytes ?? 0);
  }

  /** In the format of PTTL. */
  get ttlMs(): number {
    return this.expiresAt === Infinity ? -1 : Math.max(1, Math.floor(this.expiresAt - performance.now()));
  }

  /** The decoded value. */
  known(copies: PlainCopies | null): KeptValue {
    return new KeptValue(this.key, this.data, this.expiresAt, this.deadline, copies);
  }
}
