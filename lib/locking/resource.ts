import type { Request } from './session.js';

/** What came of trying to acquire. */
export interface Attempt {
  /** Where it was acquired. */
  readonly fencingToken?: number;
  /** Where not: after how long it is worth another try. */
  readonly waitMs: number;
}

/** `set` a lease's rest to so many ms, `add` to it, or `keep` it as it is. */
export type LeaseChange = 'set' | 'add' | 'keep';

/** What can be held, as the server has it. Every call is a request of one holder's session, and fails while Redis is away. */
export interface Resource {
  /** For messages: `Lock "stock:42"`. */
  readonly title: string;
  /** What part of it one holder takes. */
  readonly weight: number;
  acquire(request: Request, leaseMs: number, join: boolean): Promise<Attempt>;
  /** Gives back what the holder has, and its place in line; whether it held anything. */
  release(request: Request): Promise<boolean>;
  /** How many ms of the lease are left then; less than 0 where it holds nothing. */
  lease(request: Request, change: LeaseChange, ms: number): Promise<number>;
  /** Whether there is no room for one more holder. */
  isTaken(): Promise<boolean>;
}
