import type { PlainCopies } from './plain-copies.js';

/** What an entry takes beside its key, its bytes and its value. */
const entryBytes = 700;

/** The stored bytes of a key, and what they mean once somebody has asked. */
export class KeptValue {
  /** About what it takes. */
  readonly size: number;

  constructor(
    /** As it is on the wire. */
    readonly key: string,
    readonly data: Buffer,
    /** By the clock of `performance.now()`: when the key expires, `Infinity` where it does not. */
    readonly expiresAt: number,
    /** From then on it is not to be used. */
    readonly deadline: number,
    /** `undefined` before it was decoded; `null` where it is no plain data, and has to be decoded each time. */
    readonly copies?: PlainCopies | null,
  ) {
    this.size = entryBytes + key.length + data.length + (copies?.bytes ?? 0);
  }

  /** As PTTL gives it. */
  get ttlMs(): number {
    return this.expiresAt === Infinity ? -1 : Math.max(1, Math.floor(this.expiresAt - performance.now()));
  }

  /** The same, as it was decoded. */
  known(copies: PlainCopies | null): KeptValue {
    return new KeptValue(this.key, this.data, this.expiresAt, this.deadline, copies);
  }
}
