import type { Version } from '../arguments/version.js';
import type { Encoded } from '../codec/index.js';

/** The result of a script under {@link noopPost}. @publicApi */
export type ScriptResult = string | number | undefined | ScriptResult[];

/**
 * Translates between the caller of a script and the server.
 *
 * @publicApi
 */
export interface ScriptHelpers {
  /** The version of this call. */
  readonly version: Version;
  /** The key as the server sees it, with prefix and version. */
  makeKey(key: string, version?: Version): string;
  /** The keys as the server sees them. */
  makeKeys(keys: readonly string[]): string[];
  /** The bytes that `set` would store; a promise if a large value is compressed off the event loop. */
  encode(value: unknown): Encoded | Promise<Encoded>;
  /** The bytes that `set` would store for each value. */
  encodeValues(values: readonly unknown[]): (Encoded | Promise<Encoded>)[];
  /** The value behind stored bytes, `undefined` for nil; a promise if it is decompressed off the event loop. */
  decode<T = unknown>(data: unknown): T | Promise<T>;
  /** The values behind a list of stored bytes. */
  decodeValues<T = unknown>(data: readonly unknown[]): T[] | Promise<T[]>;
}

/** Turns the caller's keys and arguments into `KEYS` and `ARGV`. @publicApi */
export type PreFunc = (
  helpers: ScriptHelpers,
  keys: readonly string[],
  args: readonly unknown[],
) => readonly [keys: readonly string[], args: readonly unknown[]];

/**
 * Turns the script's reply into the caller's result. In the reply, integers are numbers, texts are Buffers, tables are
 * arrays, and nil is `null`.
 *
 * @publicApi
 */
export type PostFunc<T> = (helpers: ScriptHelpers, reply: unknown) => T | Promise<T>;

/**
 * Adds prefix and version to keys; arguments (strings, numbers, Buffers) stay unchanged. The default.
 *
 * @publicApi
 * @example
 * cache.registerScript('take', takeSource, { numKeys: 1, preFunc: keysOnlyPre });
 */
export const keysOnlyPre: PreFunc = (helpers, keys, args) => [helpers.makeKeys(keys), args];

/**
 * Adds prefix and version to keys; encodes arguments as `set` does.
 *
 * @publicApi
 * @example
 * cache.registerScript('swap', swapSource, { numKeys: 1, preFunc: fullEncodePre, postFunc: decodeSinglePost<User> });
 */
export const fullEncodePre: PreFunc = (helpers, keys, args) => [helpers.makeKeys(keys), helpers.encodeValues(args)];

/**
 * Decodes one stored value; `undefined` for nil.
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
 * Decodes a list of stored values; `[]` for nil.
 *
 * @publicApi
 * @example
 * const drain = cache.registerScript('drain', drainSource, { numKeys: 1, postFunc: decodeListPost<Job> });
 */
export function decodeListPost<T = unknown>(helpers: ScriptHelpers, reply: unknown): T[] | Promise<T[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `decodeValues` throws if it is no list
  return helpers.decodeValues<T>((reply ?? []) as unknown[]);
}

/**
 * Decodes a list of stored values; `undefined` for nil.
 *
 * @publicApi
 * @example
 * const pick = cache.registerScript('pick', pickSource, { numKeys: 1, postFunc: decodeListOrNonePost<Job> });
 */
export function decodeListOrNonePost<T = unknown>(
  helpers: ScriptHelpers,
  reply: unknown,
): T[] | undefined | Promise<T[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `decodeValues` throws if it is no list
  return reply === null ? undefined : helpers.decodeValues<T>(reply as unknown[]);
}

/**
 * Returns the reply itself: texts as strings, nil as `undefined`. The default.
 *
 * @publicApi
 * @example
 * cache.registerScript('count', countSource, { numKeys: 1, postFunc: noopPost });
 */
export function noopPost(helpers: ScriptHelpers, reply: unknown): ScriptResult {
  if (Buffer.isBuffer(reply)) return reply.toString();
  if (Array.isArray(reply)) return reply.map((item) => noopPost(helpers, item));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- besides texts and lists, scripts return only integers and nil
  return (reply ?? undefined) as ScriptResult;
}
