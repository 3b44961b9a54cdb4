import type { Encoded } from '../codec/codec.types.js';
import type { Stamp } from '../codec/envelope.js';
import type { Mismatch } from '../codec/schema.js';
import type { Place } from '../arguments/scope.js';
import type { Access, Blocking } from '../wire/connection-pool.js';
import type { Since } from '../wire/server-version.js';
import { listArgument } from '../arguments/arguments.js';
import { bytesOfName } from '../arguments/names.js';
import type { TagQuestions } from './tag-questions.js';

/** A key as the user wrote it, with the version that it belongs to. */
export class Key {
  /** Whether its name stands for bytes that are not UTF-8. */
  readonly isEscaped: boolean;
  /** Its name on the server, once built; a key belongs to one cache. */
  wire: string | Buffer | undefined = undefined;

  constructor(
    readonly name: string,
    readonly version: Place,
  ) {
    if (typeof name !== 'string' || name === '') {
      throw new TypeError(`A key must be a non-empty string, not ${name === '' ? 'an empty one' : typeof name}`);
    }
    this.isEscaped = !name.isWellFormed();
    if (this.isEscaped) bytesOfName(name, 'A key');
  }
}

/** Keys of one version. */
export function keysOf(names: readonly string[], version: Place): Key[] {
  return listArgument(names, 'Keys').map((name) => new Key(name, version));
}

/** A key with a complete name: one of the library's own, one made by a script's hook, or one found by SCAN. */
export class WireKey extends Key {
  constructor(
    name: string,
    version: Place,
    override readonly wire: string | Buffer,
  ) {
    super(name, version);
  }
}

/** A value of a key, or of a field of its hash: serialized, and compressed where that pays. */
export class Value {
  /** The bytes of the first encoding: the caller may have changed the value since. */
  encoded: Encoded | Promise<Encoded> | undefined = undefined;

  constructor(readonly value: unknown) {}
}

/** A value that goes through the codec and belongs to no key: a message, or a field of a stream's entry. */
export class Payload {
  /** The bytes of the first encoding. */
  encoded: Encoded | Promise<Encoded> | undefined = undefined;

  constructor(readonly value: unknown) {}
}

/** A value of any length that is encrypted like the value of a key, without being an entry of the cache. */
export class Sealed extends Payload {}

/** A member of a set or an element of a list: encoded so that equal values give equal bytes. */
export class Member {
  constructor(readonly value: unknown) {}
}

/** A bound of a range of members: a sign that includes or excludes the member, and the member. */
export class MemberBound {
  constructor(
    readonly sign: string,
    readonly value: unknown,
  ) {}
}

/** Stamps that many values share: taken once, with the first value that is sent. */
export class SharedStamps {
  taken: Promise<readonly Stamp[]> | undefined = undefined;

  /** How long the tags of all the values must stay known; `null` is forever. */
  constructor(readonly lifeMs: number | null) {}
}

/** A value with tags, grace, or both. */
export class EnvelopedValue {
  /**
   * The bytes of the first sending, with the stamps of that time: an invalidation before a second sending still counts.
   */
  encoded?: Encoded | Promise<Encoded>;

  constructor(
    readonly value: unknown,
    /** The entry counts as long as none of them is invalidated. */
    readonly tags: readonly string[],
    /** The last part of its time to live, during which the entry is only a stale copy. */
    readonly graceMs: number,
    /** How long its tags must stay known; `null` is forever. */
    readonly lifeMs: number | null,
    /** Stamps shared with other values of the same tags. */
    readonly shared?: SharedStamps,
  ) {}
}

type Encodable = Key | Value | EnvelopedValue | Payload | Member | MemberBound;
/** A promise stands for a large value that a script's hook has encoded. */
export type Argument = Encodable | Buffer | string | number | Promise<Encoded>;

/** A Lua script, as a command refers to it. */
export interface ScriptSource {
  /** The name it was registered under. */ readonly name: string;
  /** The Lua source. */ readonly source: string;
  /** The SHA-1 of the source, by which `EVALSHA` names it. */
  readonly sha: string;
  /**
   * The same script for many keys at a time. It takes all keys, then for each the number of its arguments and these;
   * returns a list.
   */
  readonly many?: ScriptSource;
}

/** One Redis command, as data: what is sent, and what its reply means. */
export interface Command<T> {
  readonly name: string;
  readonly access: Access;
  readonly args: readonly Argument[];
  /**
   * Commands about the same key, sent before this one in the same round trip. The reply is then an array with their
   * replies first; an error stands in its command's place.
   */
  readonly ahead?: readonly Command<unknown>[];
  /** Like `ahead`, but sent after this one; only together with `ahead`. */
  readonly behind?: readonly Command<unknown>[];
  readonly reply: ReplyShape<T>;
  /** Fails while the server is away, even under `ignoreExceptions`: nobody may rely on a guessed answer. */
  readonly strict?: boolean;
  /** The script that the command runs: `args` are its digest, the number of keys, the keys and the arguments. */
  readonly script?: ScriptSource;
  /** Whether it moves the value of its first key to another key. */
  readonly moves?: boolean;
  /** Asked before a move, which needs a yes; a pipeline cannot ask. */
  readonly provided?: Command<boolean>;
  /** Set if the server may answer much later. */
  readonly blocking?: Blocking;
  /** The first servers that have the command: it is sent to no other. */
  readonly since?: Since;
  /** The command for servers without this one; if left out, the caller gets an error there. */
  readonly otherwise?: Command<T>;
}

/** How to read the reply of a server. */
export interface ReplyShape<T> {
  decode(raw: unknown, context: ReplyContext): T | Promise<T>;
  /** What may still be done after the server has refused; `undefined` if the error stands. */
  rescue?(error: unknown, context: ReplyContext): Promise<T> | undefined;
  /** The result for a missing key: the answer while Redis is away under `ignoreExceptions`. */
  missing(): T;
}

/** What a reply shape needs to turn a reply into the caller's result. */
export interface ReplyContext {
  /** The value behind the bytes of an element or a message; a promise if they are decompressed off the event loop. */
  decode(data: Buffer): unknown;
  /** The same for the entry of a key, or a field of its hash. */
  decodeAt(key: Key, data: Buffer): unknown;
  /** The same for callers that reload an unreadable value: it is reported, and the result is `undefined`. */
  salvageAt(key: Key, data: Buffer): unknown;
  /** `decode` and `decodeAt` for callers that ignore `ignoreExceptions`: an unreadable value is an error. */
  readonly strictly: Pick<ReplyContext, 'decode' | 'decodeAt'>;
  /** The bytes of a value; a promise if they are compressed off the event loop. */
  encode(value: unknown): Encoded | Promise<Encoded>;
  /** The bytes that are stored at a key for these; throws if they must not be stored there. */
  storedAt(key: Key, data: Encoded): Encoded;
  /** Reports a value that does not match the schema of its reader. */
  mismatched(key: Key, mismatch: Mismatch): void;
  /** Whether two values are equal, even if their bytes differ. */
  areEqual(one: unknown, other: unknown): boolean;
  /** The key as the user wrote it; `undefined` if it is not of that version. */
  userKey(wire: Buffer, version: Place): string | undefined;
  /** Asks the server for more than the reply tells, in one round trip. */
  ask<T>(commands: readonly Command<T>[]): Promise<T[]>;
  readonly tags: TagQuestions;
  /** Counts hits and misses. */
  readonly lookups: Lookups;
}

/** Counts whether a looked-up key has a value. */
export interface Lookups {
  lookedUp(key: Key, isFound: boolean): void;
}

/** An answer that needs no server: an empty list of members costs no round trip. */
export class Known<T> {
  constructor(readonly answer: T) {}
}

export type Step<T> = Command<T> | Known<T>;

/**
 * A class, because V8 moves object literals of one place to its old generation once they have outlived a garbage
 * collection in a burst of calls; there they wait for a full collection. It does so neither with instances nor with
 * rest arguments.
 */
class SimpleCommand<T> implements Command<T> {
  constructor(
    readonly name: string,
    readonly access: Access,
    readonly args: readonly Argument[],
    readonly reply: ReplyShape<T>,
  ) {}
}

export function read<T>(name: string, args: readonly Argument[], reply: ReplyShape<T>): Command<T> {
  return new SimpleCommand(name, 'read', args, reply);
}

export function write<T>(name: string, args: readonly Argument[], reply: ReplyShape<T>): Command<T> {
  return new SimpleCommand(name, 'write', args, reply);
}

/** Marks a command that moves a value to another key, where it must stay readable. */
export function moving<T>(command: Command<T>): Command<T> {
  return { ...command, moves: true };
}

/** A function instead of a literal: many of these commands exist at a time. */
export function argumentsOf(...args: readonly Argument[]): readonly Argument[] {
  return args;
}

export function run<T>(
  script: ScriptSource,
  keys: readonly Key[],
  args: readonly Argument[],
  reply: ReplyShape<T>,
): Command<T> {
  return { name: 'EVALSHA', access: 'write', args: [script.sha, keys.length, ...keys, ...args], reply, script };
}
