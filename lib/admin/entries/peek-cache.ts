import { nameOf } from '../../arguments/names.js';
import type { OwnSpace, Version } from '../../arguments/version.js';
import { CachexService } from '../../cachex.service.js';
import type { FlightFacts } from '../../caching/flights.js';
import type { Encoded } from '../../codec/codec.types.js';
import type { EnvelopeHead } from '../../codec/envelope.js';
import type { WireArgument } from '../../wire/connection-pool.js';
import { type Command, Key } from '../../command-model/command.js';
import { strict } from '../../command-model/strict.js';
import type { EntryCodec } from '../../execution/entry-codec.js';
import { type OwnKeys, ownKeys } from '../../locking/own-keys.js';
import type { LocalCopies } from '../../tracking/local-copies.js';
import { TrackingExecutor } from '../../tracking/tracking-executor.js';
import type { ScriptRegistry } from '../../scripting/script-registry.js';
import { headIn } from '../../entries/envelope-head.js';
import type { Counters } from '../../observability/counters.js';
import { entryTags } from '../../tags/tag-arguments.js';
import { valuesOf } from '../../waiting/all-ended.js';

/** That of a key or of a field, a field of a stream's entry, or a member or element of another collection. */
export type StoredAs = 'value' | 'payload' | 'member';

/** A cache as who looks at it from outside sees it: nothing that it reads counts as a hit, a miss or an error. */
export class PeekCache extends CachexService {
  static of(cache: CachexService): PeekCache {
    return PeekCache.view(cache, {});
  }

  get hasScopes(): boolean {
    return this.defaults.scope !== undefined;
  }

  /** Tags of an entry, by their names, as its stamps know them. */
  known(tags: readonly string[]): readonly string[] {
    return entryTags(tags, this.versionOf(undefined));
  }

  /**
   * The value behind the bytes of an element or a member; throws where nobody can read them.
   *
   * @throws OutputTooLong where a few bytes decompress to more than `most`
   */
  decode(data: Buffer, most: number): Promise<unknown> {
    return this.executor.codec.decodeWithin(undefined, data, most);
  }

  /** The same of an entry, without its envelope, or of a field of a hash: they may be encrypted for their key. */
  decodeAt(key: string, data: Buffer, most: number): Promise<unknown> {
    return this.executor.codec.decodeWithin(this.keyNamed(key), data, most);
  }

  /** What a value is stored as. @throws SerializerError where the cache stores no such value */
  async encoded(key: string, value: unknown, as: StoredAs): Promise<Encoded> {
    const { codec } = this.executor;
    if (as === 'member') return codec.encodeCanonical(value);
    return as === 'value' ? codec.encodeAt(this.keyNamed(key), value) : codec.encode(value);
  }

  /** And what comes back of it. */
  async readBack(key: string, data: Encoded, as: StoredAs): Promise<unknown> {
    const { codec } = this.executor;
    const bytes = Buffer.from(data);
    return as === 'value' ? codec.decodeAt(this.keyNamed(key), bytes) : codec.decode(bytes);
  }

  /** @throws SerializerError where a value that takes so many bytes is longer than values of this cache may be */
  expectShort(key: string, bytes: number): void {
    this.executor.codec.expectShort(key, bytes);
  }

  /** By what it was made to bytes: an entry without its envelope. */
  layersAt(key: string, data: Buffer, most: number): ReturnType<EntryCodec['layersAt']> {
    return this.executor.codec.layersAt(this.keyNamed(key), data, most);
  }

  /** What is stored beside a value, told by its first bytes. */
  async headOf(key: string, beginning: unknown): Promise<EnvelopeHead | undefined> {
    return await headIn(beginning, this.keyNamed(key), this.executor.context);
  }

  /** The name of one of the library's own keys. */
  ownName(space: OwnSpace, name: string): string {
    return this.executor.ownName(space, name);
  }

  /** The keys of one of its locks or semaphores. */
  ownKeysOf(kind: Parameters<typeof ownKeys>[1], name: string, version: Version): OwnKeys {
    return ownKeys(this.executor, kind, name, version);
  }

  /** What the tokens of holders begin with that are callers of this process. */
  get lockInstance(): string {
    return this.locking.instance;
  }

  /** The loads of `getOrSet` and its like that run in this process. */
  get flights(): FlightFacts[] {
    return this.caching.underWay;
  }

  /** The scripts of the application. */
  get knownScripts(): ScriptRegistry['known'] {
    return this.scripts.known;
  }

  /** With `tracking`. */
  get localCopies(): LocalCopies | undefined {
    return this.executor instanceof TrackingExecutor ? this.executor.copies : undefined;
  }

  /** The pattern on the server of all keys that calls mean. */
  get everyKey(): string {
    return this.executor.keys.pattern('*', this.versionOf(undefined));
  }

  /** The key as callers name it; `undefined` where it is none of theirs. */
  userKey(wire: Buffer): string | undefined {
    return this.executor.keys.userKey(nameOf(wire), this.versionOf(undefined)) || undefined;
  }

  /** The name of a key on the server. */
  wireOf(key: string): WireArgument {
    return this.executor.keys.wire(this.keyNamed(key));
  }

  keyNamed(key: string): Key {
    return new Key(key, this.versionOf(undefined));
  }

  /** What the cache counts in this process: look-ups and errors of all who use it. */
  get counters(): Counters {
    return this.executor.counters;
  }

  /** A command that no method of a cache has. */
  carryOut<T>(command: Command<T>): Promise<T> {
    return this.executor.execute(command);
  }

  /** All of them, with nothing in between, or none. @throws the error of the first one that failed */
  async carryOutTogether(commands: readonly Command<unknown>[]): Promise<unknown[]> {
    const batch = commands.map((command) => this.executor.prepare(strict(command)));
    return valuesOf(await this.executor.executeAll(batch, true));
  }
}
