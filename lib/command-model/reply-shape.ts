import type { Version } from '../arguments/version.js';
import type { Encoded } from '../codec/codec.types.js';
import type { Tags } from '../tags/tags.js';
import type { Lookups } from '../observability/counters.js';
import type { Command } from './command.js';

/** What a reply needs to become what the user sees. */
export interface ReplyContext {
  /** The value behind stored bytes; a promise where they are decompressed off the event loop. */
  decode(data: Buffer): unknown;
  /** The bytes of a value; a promise where they are compressed off the event loop. */
  encode(value: unknown): Encoded | Promise<Encoded>;
  /** The key as the user wrote it, or `undefined` where it is none of that version. */
  userKey(wire: Buffer, version: Version): string | undefined;
  /** Asks for what the reply alone does not tell, in one round trip. */
  ask<T>(commands: readonly Command<T>[]): Promise<T[]>;
  readonly tags: Tags;
  /** To be told by those who look for a value of a key. */
  readonly lookups: Lookups;
}

/** How a server's reply reads. */
export interface ReplyShape<T> {
  decode(raw: unknown, context: ReplyContext): T | Promise<T>;
  /** Where the server has refused: what may still be done; `undefined` where the error is right. */
  rescue?(error: unknown, context: ReplyContext): Promise<T> | undefined;
  /** What a missing key gives: the answer while Redis is away under `ignoreExceptions`. */
  missing(): T;
}
