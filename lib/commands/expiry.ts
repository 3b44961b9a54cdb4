import { type Timeout, toMilliseconds } from '../options/timeout.js';

/** Options that may be given as a timeout alone: `set(key, value, 60)`. */
export function withTimeout<O extends { readonly timeout?: Timeout }>(options: Timeout | O | undefined): O {
  return typeof options === 'object' && options !== null ? options : ({ timeout: options } as O);
}

/** Milliseconds of a call's timeout, or the default where the call says nothing; `null` is never. */
export function expiry(timeout: Timeout | undefined, defaultMs: number | null): number | null {
  return timeout === undefined ? defaultMs : toMilliseconds(timeout);
}
