import { type Version } from '../../index.js';
import { ScopedVersion, versionAt } from '../../arguments/scope.js';
import type { PeekCache } from '../entries/peek-cache.js';

/** A load that runs in this process. */
export interface FlightRow {
  readonly key: string;
  readonly version: Version;
  readonly ageMs: number;
  /** Number of waiting callers; 0 while it refreshes a stale copy. */
  readonly callers: number;
  /** `'late'`: its callers got an error. `'hung'`: it no longer blocks another load. */
  readonly state: 'running' | 'late' | 'hung';
}

/** The values that this process keeps locally. */
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

/** The work of this process for a cache. */
export interface ProcessView {
  /** Oldest first. */
  readonly flights: readonly FlightRow[];
  readonly flightCount: number;
  /** The number of flights of tenants; their keys are hidden. */
  readonly ofTenants: number;
  /** Present if `tracking` is on. */
  readonly copies?: CopiesView;
  /** Time of this snapshot in milliseconds, on a monotonic clock. */
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
