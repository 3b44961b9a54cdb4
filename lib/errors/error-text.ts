import { printable } from './quoted.js';

/** What was thrown, for a message, on one line: anything can be thrown, and this throws nothing. */
export function errorText(thrown: unknown): string {
  try {
    return printable(thrown instanceof Error && typeof thrown.message === 'string' ? thrown.message : String(thrown));
  } catch {
    return `${typeof thrown === 'object' ? 'an object' : `a ${typeof thrown}`} that has no text`;
  }
}
