import type { Version } from '../arguments/version.js';
import type { Encoded } from '../codec/index.js';

/** What a script answers under {@link noopPost}. @publicApi */
export type ScriptResult = string | number | undefined | ScriptResult[];

/**
 * Between what a caller of a script writes and what the server sees.
 *
 * @publicApi
 */
export interface ScriptHelpers {
  /** The version of this call. */
  readonly version: Version;
  /** The key as the server sees it, prefix and version in front. */
  makeKey(key: string, version?: Version): string;
  /** The keys as the server sees them. */
  makeKeys(keys: readonly string[]): string[];
  /** The bytes that `set` would store; a promise where a large value is compressed off the event loop. */
  encode(value: unknown): Encoded | Promise<Encoded>;
  /** The bytes that `set` would store for each value. */
  encodeValues(values: readonly unknown[]): (Encoded | Promise<Encoded>)[];
  /** The value behind stored bytes, `undefined` for nil; a promise where it is decompressed off the event loop. */
  decode<T = unknown>(data: unknown): T | Promise<T>;
  /** The values behind a list of stored bytes. */
  decodeValues<T = unknown>(data: readonly unknown[]): T[] | Promise<T[]>;
}

/** Makes `KEYS` and `ARGV` of what the caller gave. @publicApi */
export type PreFunc = (
  helpers: ScriptHelpers,
  keys: readonly string[],
  args: readonly unknown[],
) => readonly [keys: readonly string[], args: readonly unknown[]];

/**
 * Makes the caller's result of the script's reply: integers are numbers, texts Buffers, tables arrays, nil is `null`.
 *
 * @publicApi
 */
export type PostFunc<T> = (helpers: ScriptHelpers, reply: unknown) => T | Promise<T>;

/**
 * Keys get prefix and version, arguments (strings, numbers, Buffers) go as they are; the default.
 *
 * @publicApi
 * @example
 * cache.registerScript('take', takeSource, { numKeys: 1, preFunc: keysOnlyPre });
 */
export const keysOnlyPre: PreFunc = (helpers, keys, args) => [helpers.makeKeys(keys), args];

/**
 * Keys get prefix and version, arguments are encoded as `set` does it.
 *
 * @publicApi
 * @example
 * cache.registerScript('swap', swapSource, { numKeys: 1, preFunc: fullEncodePre, postFunc: decodeSinglePost<User> });
 */
export const fullEncodePre: PreFunc = (helpers, keys, args) => [helpers.makeKeys(keys), helpers.encodeValues(args)];

/**
 * One stored value, `undefined` for nil.
 *
 * @publicApi
 * @example
 * const swap = cache.registerScript('swap', swapSource, { numKeys: 1, postFunc: decodeSinglePost<User> });
 */
export function decodeSinglePost<T = unknown>(
  helpers: ScriptHelpers,
  reply: unknown,
): T | undefined | Promise<T | undefined> {
  return helpers.decode<T | undefined>(reply);
}

/**
 * Any number of stored values, `[]` for nil.
 *
 * @publicApi
 * @example
 * const drain = cache.registerScript('drain', drainSource, { numKeys: 1, postFunc: decodeListPost<Job> });
 */
export function decodeListPost<T = unknown>(helpers: ScriptHelpers, reply: unknown): T[] | Promise<T[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `decodeValues` throws where it is no list
  return helpers.decodeValues<T>((reply ?? []) as unknown[]);
}

/**
 * Any number of stored values, `undefined` for nil.
 *
 * @publicApi
 * @example
 * const pick = cache.registerScript('pick', pickSource, { numKeys: 1, postFunc: decodeListOrNonePost<Job> });
 */
export function decodeListOrNonePost<T = unknown>(
  helpers: ScriptHelpers,
  reply: unknown,
): T[] | undefined | Promise<T[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `decodeValues` throws where it is no list
  return reply === null ? undefined : helpers.decodeValues<T>(reply as unknown[]);
}

/**
 * The reply itself: texts as strings, nil as `undefined`; the default.
 *
 * @publicApi
 * @example
 * cache.registerScript('count', countSource, { numKeys: 1, postFunc: noopPost });
 */
export function noopPost(helpers: ScriptHelpers, reply: unknown): ScriptResult {
  if (Buffer.isBuffer(reply)) return reply.toString();
  if (Array.isArray(reply)) return reply.map((item) => noopPost(helpers, item));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- besides texts and lists, a script answers integers and nil
  return (reply ?? undefined) as ScriptResult;
}
