import type { Version } from '../command-model/command.js';

/** Keys under `${keyPrefix}:lock:` and its like are the library's own, which `clear()` must not touch. */
export const RESERVED: ReadonlySet<string> = new Set(['lock', 'sem', 'tag']);

/**
 * The version when it can be part of a key: an integer, or a non-empty string without `:` that is no reserved word.
 *
 * @throws {TypeError} it cannot
 */
export function checkVersion(version: unknown, what = 'version'): Version {
  if (typeof version === 'number') {
    if (Number.isSafeInteger(version)) return version;
  } else if (typeof version === 'string' && version !== '' && !version.includes(':')) {
    if (!version.isWellFormed()) throw new TypeError(`${what} must be well-formed Unicode`);
    if (!RESERVED.has(version)) return version;
    throw new TypeError(`${what} must not be '${version}': keys under that name are the library's own`);
  }
  throw new TypeError(`${what} must be an integer or a non-empty string without ':'`);
}
