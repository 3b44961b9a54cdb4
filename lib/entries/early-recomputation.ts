import { decimalText } from '../codec/serializers/decimal.js';
import { type ResolvedStampede, resolveStampede, type StampedeOptions } from '../options/stampede.options.js';

/** Calls that read or write values which are recomputed early. @publicApi */
export interface StampedeOption {
  /**
   * Early recomputation (XFetch) for this call; the module's `stampede` where left out. Read with it, a value counts as
   * missing for a few callers shortly before its timeout, whoever has written it; written with it, one that is no number
   * is kept for `buffer` longer, and counts as missing meanwhile.
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

/**
 * How much longer than its timeout a value is kept. A number is not: it would need an envelope to say so, and nobody could
 * count with it any more.
 */
export function bufferOf(value: unknown, ms: number | null, stampede: ResolvedStampede | undefined): number {
  return !stampede || !ms || decimalText(value) !== undefined ? 0 : stampede.bufferMs;
}

/**
 * Whether this caller is to make the value anew that has so long until its timeout. With Exp(1) the wait until the first
 * of many callers does so is spread such that about one of them does; `delta` is how long that takes him.
 */
export function isDue(leftMs: number, { deltaMs, beta }: ResolvedStampede): boolean {
  return leftMs <= deltaMs * beta * -Math.log(1 - Math.random());
}
