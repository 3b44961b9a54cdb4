import { type ResolvedStampede, resolveStampede, type StampedeOptions } from '../options/stampede.options.js';

/** Calls that read or write values which are recomputed early. */
export interface StampedeOption {
  /**
   * Early recomputation (XFetch) for this call; the module's `stampede` where left out. Written with it, a value is kept
   * for `buffer` longer than its timeout; read with it, it counts as missing from its timeout on, and for a few callers
   * shortly before.
   */
  readonly stampede?: boolean | StampedeOptions;
}

/** What holds for a call. */
export function stampedeOf(
  { stampede }: StampedeOption,
  module: ResolvedStampede | undefined,
): ResolvedStampede | undefined {
  if (stampede === undefined || (stampede === true && module)) return module;
  return resolveStampede(stampede, module);
}

/** The time to live of what is written. */
export function buffered(ms: number | null, stampede: ResolvedStampede | undefined): number | null {
  return ms && stampede ? ms + stampede.bufferMs : ms;
}

/** Milliseconds until the timeout of what has that long left on the server. */
export function untilTimeout(leftMs: number, { bufferMs }: ResolvedStampede): number {
  return leftMs - bufferMs;
}

/**
 * Whether this caller is to make the value anew. With Exp(1) the wait until the first of many callers does so is spread
 * such that about one of them does; `delta` is how long that takes him.
 */
export function isDue(leftMs: number, stampede: ResolvedStampede): boolean {
  const remaining = untilTimeout(leftMs, stampede);
  if (remaining <= 0) return true;
  return remaining <= stampede.deltaMs * stampede.beta * -Math.log(1 - Math.random());
}
