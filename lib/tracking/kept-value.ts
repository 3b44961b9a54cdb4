import { ENVELOPE_FORMAT, MARKER } from '../codec/format.js';
import { type MakeCopy, plainCopies } from './plain-copies.js';

/** The stored bytes of a key, and what they mean once somebody has asked. */
export class KeptValue {
  /** Gives the value, which its caller may change; there is none before the first `read`, nor for what is no plain data. */
  copy: MakeCopy | undefined;
  private isPlain = true;

  constructor(
    readonly data: Buffer,
    /** By the clock of `performance.now()`; from then on it is not to be used. */
    readonly deadline: number,
  ) {
    // Whether an envelope is valid, other keys decide.
    if (data[0] === MARKER && data[1] === ENVELOPE_FORMAT) this.isPlain = false;
  }

  /** Takes what was decoded, or a promise of it, and gives what the caller may have of it. */
  learn(decoded: unknown): unknown {
    if (!this.isPlain) return decoded;
    if (decoded instanceof Promise) return decoded.then((value) => this.learn(value));
    this.copy = plainCopies(decoded);
    this.isPlain = this.copy !== undefined;
    return this.copy ? this.copy() : decoded;
  }
}
