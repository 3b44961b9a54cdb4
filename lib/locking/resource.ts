import type { Request } from './session.js';

/** The outcome of a try to acquire. */
export interface Attempt {
  /** Set if it was acquired. */
  readonly fencingToken?: number;
  /** Set if it was not: when another try is worthwhile. */
  readonly waitMs: number;
}

/** `set` the remaining time of a lease in ms, `add` to it, or `keep` it as it is. */
export type LeaseChange = 'set' | 'add' | 'keep';

/**
 * Something that can be held, as the server keeps it. Every call is a request of one holder's session, and fails while
 * Redis is away.
 */
export interface Resource {
  /** For messages: `Lock "stock:42"`. */
  readonly title: string;
  /** The part that one holder takes. */
  readonly weight: number;
  acquire(request: Request, leaseMs: number, join: boolean): Promise<Attempt>;
  /** Releases the holder's claim and its place in the queue; whether it held anything. */
  release(request: Request): Promise<boolean>;
  /** The remaining ms of the lease afterwards; less than 0 if it holds nothing. */
  lease(request: Request, change: LeaseChange, ms: number): Promise<number>;
  /** Whether there is no room for another holder. */
  isTaken(): Promise<boolean>;
}
