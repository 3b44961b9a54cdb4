import { type Version } from '../../index.js';
import { ScopedVersion, versionAt } from '../../arguments/scope.js';
import type { PeekCache } from '../entries/peek-cache.js';

/** A load that runs in this process. */
export interface FlightRow {
  readonly key: string;
  readonly version: Version;
  readonly ageMs: number;
  /** Who waits for it: none where it refreshes a stale copy. */
  readonly callers: number;
  /** `'late'`: its callers have an error; `'hung'`: it is waited for no longer, and another may run beside it. */
  readonly state: 'running' | 'late' | 'hung';
}

/** Values that this process keeps for itself. */
export interface CopiesView {
  /** `false` while a server may not report changes: every read goes to a server then. */
  readonly isActive: boolean;
  readonly entries: number;
  readonly maxEntries: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly hits: number;
  readonly evictions: number;
  /** Changes that servers have reported since the start. */
  readonly invalidations: number;
}

/** What this process does for a cache. */
export interface ProcessView {
  /** The oldest first. */
  readonly flights: readonly FlightRow[];
  readonly flightCount: number;
  /** Of those, how many are of tenants: their keys are not shown. */
  readonly ofTenants: number;
  /** With `tracking`. */
  readonly copies?: CopiesView;
  /** When it was so, in milliseconds of a clock that is never set. */
  readonly atMs: number;
}

const mostShown = 200;

export function processViewOf(peek: PeekCache): ProcessView {
  const { flights, localCopies } = peek;
  const shared = flights.filter(({ place }) => !(place instanceof ScopedVersion));
  return {
    flights: shared.slice(0, mostShown).map(({ key, place, ageMs, callers, isGivenUp, isHung }) => ({
      key,
      version: versionAt(place),
      ageMs: Math.round(ageMs),
      callers,
      state: isHung ? 'hung' : isGivenUp ? 'late' : 'running',
    })),
    flightCount: flights.length,
    ofTenants: flights.length - shared.length,
    ...(localCopies && { copies: copiesViewOf(localCopies) }),
    atMs: Math.round(performance.now()),
  };
}

function copiesViewOf({ isActive, stats, limits, reported }: NonNullable<PeekCache['localCopies']>): CopiesView {
  const { maxEntries, maxBytes } = limits;
  return { isActive, ...stats, maxEntries, maxBytes, invalidations: reported };
}
