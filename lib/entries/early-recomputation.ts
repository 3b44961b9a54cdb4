import { decimalText } from '../codec/serializers/decimal.js';
import { type ResolvedStampede, resolveStampede, type StampedeOptions } from '../options/stampede.options.js';

/** Calls that read or write values which are recomputed early. @publicApi */
export interface StampedeOption {
  /**
   * Early recomputation (XFetch) for this call; by default the module's `stampede`. On a read, a value counts as
   * missing for a few callers shortly before its timeout, no matter which program wrote it. On a write, a value other
   * than a number is kept for `buffer` longer, and counts as missing during that time.
   */
  readonly stampede?: boolean | StampedeOptions;
}

/** The setting for one call. */
export function stampedeOf(
  { stampede }: StampedeOption,
  module: ResolvedStampede | undefined,
): ResolvedStampede | undefined {
  if (stampede === undefined || (stampede === true && module)) return module;
  return resolveStampede(stampede, module);
}

/**
 * How much longer than its timeout a value is kept. Not for numbers: they would need an envelope, and could not be
 * incremented any more.
 */
export function bufferOf(value: unknown, ms: number | null, stampede: ResolvedStampede | undefined): number {
  return !stampede || !ms || decimalText(value) !== undefined ? 0 : stampede.bufferMs;
}

/**
 * Whether this caller should recompute a value that has so long until its timeout. An Exp(1) wait spreads many callers
 * so that about one of them recomputes; `delta` is how long that takes.
 */
export function isDue(leftMs: number, { deltaMs, beta }: ResolvedStampede): boolean {
  return leftMs <= deltaMs * beta * -Math.log(1 - Math.random());
}
