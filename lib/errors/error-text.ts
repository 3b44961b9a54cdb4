import { withoutAddress } from './error-address.js';
import { printable } from './quoted.js';

/** The text of anything thrown, on one line, for another message. Never throws. */
export function errorText(thrown: unknown): string {
  try {
    const isError = thrown instanceof Error && typeof thrown.message === 'string';
    return printable(isError ? withoutAddress(thrown.message) : String(thrown));
  } catch {
    return `${typeof thrown === 'object' ? 'an object' : `a ${typeof thrown}`} without a text`;
  }
}
