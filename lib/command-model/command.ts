import type { Encoded } from '../codec/codec.types.js';
import type { Stamp } from '../codec/envelope.js';
import type { Mismatch } from '../codec/schema.js';
import type { Place } from '../arguments/scope.js';
import type { Access, Blocking } from '../wire/connection-pool.js';
import type { Since } from '../wire/server-version.js';
import { listArgument } from '../arguments/arguments.js';
import { bytesOfName } from '../arguments/names.js';

/** A key as the user wrote it, with the version it is meant in. */
export class Key {
  /** It stands for bytes that are no UTF-8. */
  readonly isEscaped: boolean;
  /** Its name on the server of the one cache that it is for, once that was built. */
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

/**
 * A key that is named in full already: one of the library's own, one that a script's hook has made or SCAN has found.
 */
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
  /** As it was encoded first: the caller may have changed it since. */
  encoded: Encoded | Promise<Encoded> | undefined = undefined;

  constructor(readonly value: unknown) {}
}

/** A value that goes through the codec, and belongs to no key: a message, a field of a stream's entry. */
export class Payload {
  /** As it was encoded first. */
  encoded: Encoded | Promise<Encoded> | undefined = undefined;

  constructor(readonly value: unknown) {}
}

/** A value of any length that leaves the process encrypted as that of the key, and is not the cache's to store. */
export class Sealed extends Payload {}

/** A member of a set or an element of a list: encoded so that equal values give equal bytes. */
export class Member {
  constructor(readonly value: unknown) {}
}

/** A bound of a range of members: a sign for whether the member itself is in it, and the member. */
export class MemberBound {
  constructor(
    readonly sign: string,
    readonly value: unknown,
  ) {}
}

/** Stamps that many values share: they are taken once, with the first value that is sent. */
export class SharedStamps {
  taken: Promise<readonly Stamp[]> | undefined = undefined;

  /** How long the tags have to be known for all of the values; `null` is forever. */
  constructor(readonly lifeMs: number | null) {}
}

/** A value with something beside it. */
export class EnvelopedValue {
  /** As it was sent first: with the stamps of that time, whatever is invalidated until it is sent again. */
  encoded?: Encoded | Promise<Encoded>;

  constructor(
    readonly value: unknown,
    /** It counts only as long as none of them is invalidated. */
    readonly tags: readonly string[],
    /** For how long of its time to live it is only kept. */
    readonly graceMs: number,
    /** How long its tags have to be known; `null` is forever. */
    readonly lifeMs: number | null,
    /** Those of its tags, where it shares them with other values. */
    readonly shared?: SharedStamps,
  ) {}
}

type Encodable = Key | Value | EnvelopedValue | Payload | Member | MemberBound;
/** A promise is of a large value that a script's hook has encoded. */
export type Argument = Encodable | Buffer | string | number | Promise<Encoded>;

/** A Lua script as a command needs it. */
export interface ScriptSource {
  /** The name it was registered under. */ readonly name: string;
  /** The Lua source. */ readonly source: string;
  /** The SHA-1 of the source, by which `EVALSHA` names it. */
  readonly sha: string;
  /** Of one key: the same for many. Takes all keys, then of each the number of its arguments and these; gives a list. */
  readonly many?: ScriptSource;
}

/** One Redis command, as data: what is sent, and what its reply means. */
export interface Command<T> {
  readonly name: string;
  readonly access: Access;
  readonly args: readonly Argument[];
  /**
   * Sent in the same round trip, before it, about the same key: the reply is an array then, theirs first. An error of
   * theirs stands in its place.
   */
  readonly ahead?: readonly Command<unknown>[];
  /** As those ahead, behind it; only where there are some ahead. */
  readonly behind?: readonly Command<unknown>[];
  readonly reply: ReplyShape<T>;
  /** Fails while the server is away, under `ignoreExceptions` too: what it says must not be taken for granted. */
  readonly strict?: boolean;
  /** Set where the command runs a script: `args` are its digest, the number of keys, the keys and the arguments. */
  readonly script?: ScriptSource;
  /** Set where it makes another key of the first. */
  readonly moves?: boolean;
  /** Set where the server may answer much later. */
  readonly blocking?: Blocking;
  /** Set where not all servers have it: it is sent to no other. */
  readonly since?: Since;
  /** What is sent to those in its place; left out, they are told of by an error. */
  readonly otherwise?: Command<T>;
}

/** How a server's reply reads. */
export interface ReplyShape<T> {
  decode(raw: unknown, context: ReplyContext): T | Promise<T>;
  /** Where the server has refused: what may still be done; `undefined` where the error is right. */
  rescue?(error: unknown, context: ReplyContext): Promise<T> | undefined;
  /** What a missing key gives: the answer while Redis is away under `ignoreExceptions`. */
  missing(): T;
}

/** What a reply needs to become what the user sees. */
export interface ReplyContext {
  /**
   * The value behind the bytes of an element or a message; a promise where they are decompressed off the event loop.
   */
  decode(data: Buffer): unknown;
  /** The same of the entry of a key, or of a field of its hash. */
  decodeAt(key: Key, data: Buffer): unknown;
  /** The same for callers that reload an unreadable value: then `undefined`, and it is reported. */
  salvageAt(key: Key, data: Buffer): unknown;
  /**
   * The same as the first two for callers that `ignoreExceptions` does not apply to: they hear of what is unreadable.
   */
  readonly strictly: Pick<ReplyContext, 'decode' | 'decodeAt'>;
  /** The bytes of a value; a promise where they are compressed off the event loop. */
  encode(value: unknown): Encoded | Promise<Encoded>;
  /** What becomes of them on their way to a key; throws where they must not be stored there. */
  storedAt(key: Key, data: Encoded): Encoded;
  /** To be told where a value does not match the schema of its reader. */
  mismatched(key: Key, mismatch: Mismatch): void;
  /** Whether values are the same, whatever their bytes. */
  areEqual(one: unknown, other: unknown): boolean;
  /** The key as the user wrote it, or `undefined` where it is none of that version. */
  userKey(wire: Buffer, version: Place): string | undefined;
  /** Asks for what the reply alone does not tell, in one round trip. */
  ask<T>(commands: readonly Command<T>[]): Promise<T[]>;
  readonly tags: TagQuestions;
  /** To be told by those who look for a value of a key. */
  readonly lookups: Lookups;
}

/** What replies ask about the tags of an entry, and have done for them. */
export interface TagQuestions {
  /** Whether none of the tags has been invalidated since the stamps were taken. */
  areCurrent(stamps: readonly Stamp[]): Promise<boolean>;
  /** Whether one of the tags is known to have been invalidated since: where nobody answers, none is. */
  areInvalidated(stamps: readonly Stamp[]): Promise<boolean>;
  /** What carries the stamps lives for that long, `null` without an end. */
  extend(stamps: readonly Stamp[], lifeMs: number | null): Promise<void>;
  /** What carries the stamps has no end any more, and does not say so. */
  pin(stamps: readonly Stamp[]): Promise<void>;
  /** An entry without an end was read that carries them; nobody waits for it. */
  renew(stamps: readonly Stamp[]): void;
}

/** Where replies say whether they hold what was looked for. */
export interface Lookups {
  lookedUp(key: Key, isFound: boolean): void;
}

/** An answer known without asking: an empty list of members costs no round trip. */
export class Known<T> {
  constructor(readonly answer: T) {}
}

export type Step<T> = Command<T> | Known<T>;

/**
 * Where literals have outlived a collection of garbage in a burst of calls, V8 makes those of the same place among the
 * old objects from then on, where they wait for a full collection. It does not with instances, nor with rest arguments.
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

/** What it makes another key of must be readable there. */
export function moving<T>(command: Command<T>): Command<T> {
  return { ...command, moves: true };
}

/** Not a literal: there are many of these commands at a time. */
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
