import type { Version } from '../arguments/version.js';

/**
 * Builds the keys on the wire, and parses them.
 *
 * @example
 * const keyFunction: KeyFunction = {
 *   make: (key, prefix, version) => `${prefix}/${version}/${key}`,
 *   reverse: (wire) => {
 *     const [, version = '', ...key] = wire.split('/');
 *     return { key: key.join('/'), version };
 *   },
 * };
 * @publicApi
 */
export interface KeyFunction {
  /**
   * The key on the wire, well-formed Unicode. Different keys, prefixes or versions must never give the same one. Keys
   * under `${prefix}:lock:`, `${prefix}:sem:` and `${prefix}:tag:` belong to the library: they are refused, and never
   * listed or deleted.
   */
  make(key: string, prefix: string, version: Version): string;
  /** The inverse of `make`; `undefined` for keys that it has not made. */
  reverse(wire: string): { key: string; version: Version } | undefined;
  /**
   * The glob that matches the wire keys of a user's `pattern`. If left out, the parts that `make` puts around a key are
   * put literally around the pattern.
   */
  pattern?(pattern: string, prefix: string, version: Version): string;
}
