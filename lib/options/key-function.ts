import type { Version } from '../arguments/version.js';

/**
 * Makes the keys on the wire, and takes them apart again.
 *
 * @example
 * const keyFunction: KeyFunction = {
 *   make: (key, prefix, version) => `${prefix}/${version}/${key}`,
 *   reverse: (wire) => {
 *     const [, version, ...key] = wire.split('/');
 *     return { key: key.join('/'), version };
 *   },
 * };
 * @publicApi
 */
export interface KeyFunction {
  /**
   * The key on the wire, well-formed Unicode. Different keys, prefixes and versions must never give the same. Keys under
   * `${prefix}:lock:`, `${prefix}:sem:` and `${prefix}:tag:` are the library's own: they are refused, and never listed nor deleted.
   */
  make(key: string, prefix: string, version: Version): string;
  /** The inverse of `make`; `undefined` for what it has not made. */
  reverse(wire: string): { key: string; version: Version } | undefined;
  /**
   * The glob that matches the wire keys of a user's `pattern`. Left out, what `make` puts around a key is taken
   * literally around the pattern.
   */
  pattern?(pattern: string, prefix: string, version: Version): string;
}
