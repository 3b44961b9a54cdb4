import type { Encoded } from '../codec/codec.types.js';
import type { Version } from './command.js';

/** What a reply needs to become what the user sees. */
export interface ReplyContext {
  /** The value behind stored bytes; a promise where they are decompressed off the event loop. */
  decode(data: Buffer): unknown;
  /** The bytes of a value; a promise where they are compressed off the event loop. */
  encode(value: unknown): Encoded | Promise<Encoded>;
  /** The key as the user wrote it, or `undefined` where it is none of that version. */
  userKey(wire: Buffer, version: Version): string | undefined;
}

/** How a server's reply reads. */
export interface ReplyShape<T> {
  decode(raw: unknown, context: ReplyContext): T | Promise<T>;
  /** What a missing key gives: the answer while Redis is away under `ignoreExceptions`. */
  missing(): T;
}
