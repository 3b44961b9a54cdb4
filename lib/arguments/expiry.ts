import { type Timeout, toMilliseconds } from './timeout.js';

const none = {};

/** Options that may be given as a timeout alone: `set(key, value, 60)`. */
export function withTimeout<O extends { readonly timeout?: Timeout }>(options: Timeout | O | undefined): O {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no command has a required option
  if (options === undefined) return none as O;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all other options of O are optional
  return isOptions(options) ? options : ({ timeout: options } as O);
}

/** A `Date` or a list is a wrong timeout, not an options object without one. */
function isOptions(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !Array.isArray(value);
}

/** The timeout of a call in milliseconds, or the default if the call has none; `null` is never. */
export function expiry(timeout: Timeout | undefined, defaultMs: number | null): number | null {
  return timeout === undefined ? defaultMs : toMilliseconds(timeout);
}
