import type { CachexService } from '../cachex.service.js';
import type { Version } from '../commands/command.js';
import { Surroundings } from './surroundings.js';

/** What a decorated method computes. */
export interface Entry {
  readonly cache: CachexService;
  readonly key: string;
  readonly version: Version;
}

interface Computation extends Entry {
  isOver: boolean;
  readonly within: Computation | undefined;
}

const computations = new Surroundings<Computation>();

/**
 * Whether this call is part of computing that very entry: an override that calls its `super`, or a handler and a service
 * with the same key. It would wait for its own end.
 */
export function isUnderWay({ cache, key, version }: Entry): boolean {
  for (let outer = computations.current; outer; outer = outer.within) {
    if (!outer.isOver && outer.key === key && outer.cache === cache && outer.version === version) return true;
  }
  return false;
}

export async function whileUnderWay<T>(entry: Entry, compute: () => Promise<T>): Promise<T> {
  const current: Computation = { ...entry, isOver: false, within: computations.current };
  try {
    return await computations.run(current, compute);
  } finally {
    // What it has started may go on, in the same asynchronous context.
    current.isOver = true;
  }
}
