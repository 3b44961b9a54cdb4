import { type Timeout, toMilliseconds } from '../options/timeout.js';

/** Milliseconds of a call's timeout, or the default where the call says nothing; `null` is never. */
export function expiry(timeout: Timeout | undefined, defaultMs: number | null): number | null {
  return timeout === undefined ? defaultMs : toMilliseconds(timeout);
}
