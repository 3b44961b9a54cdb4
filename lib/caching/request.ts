import type { Key } from '../command-model/command.js';
import type { Computation } from './computation.js';
import type { ResolvedGetOrSet } from './get-or-set.options.js';
import type { Source } from './source.js';

/** What a caller asks for. */
export interface Asked {
  /** The key on the wire. */
  readonly id: string;
  readonly key: Key;
  readonly options: ResolvedGetOrSet;
  /** When its time is over, by the process's own clock. */
  readonly endsAt: number;
  /** The computation that the caller belongs to. */
  readonly outer: Computation | undefined;
}

export interface Wanted<T> extends Asked {
  readonly source: Source<T>;
}

export interface MakeRequest<T> extends Wanted<T> {
  /** The bytes that the caller has read at the key. */
  readonly seen?: Buffer;
  /** The server has just failed to answer: it is not asked for anything else. */
  readonly isUnanswered?: boolean;
}
