import { ENVELOPE_FORMAT, MARKER } from '../codec/format.js';
import { type MakeCopy, plainCopies } from './plain-copies.js';

type Decode = (data: Buffer) => unknown;

/** The stored bytes of a key, and what they mean once somebody has asked. */
export class KeptValue {
  /** `null`: it has to be decoded each time, as it is no plain data. */
  private copy: MakeCopy | null | undefined;

  constructor(
    readonly data: Buffer,
    /** By the clock of `performance.now()`; from then on it is not to be used. */
    readonly deadline: number,
  ) {
    // Whether an envelope is valid, other keys decide.
    if (data[0] === MARKER && data[1] === ENVELOPE_FORMAT) this.copy = null;
  }

  /** The value, which the caller may change; a promise where `decode` gives one. */
  read(decode: Decode): unknown {
    if (this.copy) return this.copy();
    const value = decode(this.data);
    if (this.copy === null) return value;
    return value instanceof Promise ? value.then((decoded) => this.remember(decoded)) : this.remember(value);
  }

  private remember(value: unknown): unknown {
    this.copy = plainCopies(value) ?? null;
    return this.copy ? this.copy() : value;
  }
}
