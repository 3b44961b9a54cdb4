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

/** The encoding of a value: of a key; of a field of a hash or stream entry; or of a member or element. */
export type StoredAs = 'value' | 'payload' | 'member';

/** A cache for observation: its reads do not count as hits, misses or errors. */
export class PeekCache extends CachexService {
  static of(cache: CachexService): PeekCache {
    return PeekCache.view(cache, {});
  }

  get hasScopes(): boolean {
    return this.defaults.scope !== undefined;
  }

  /** The names of an entry's tags in its stamps. */
  known(tags: readonly string[]): readonly string[] {
    return entryTags(tags, this.versionOf(undefined));
  }

  /**
   * Decodes an element or member. Rejects if no serializer can read it.
   *
   * @throws OutputTooLong if the bytes decompress to more than `most`
   */
  decode(data: Buffer, most: number): Promise<unknown> {
    return this.executor.codec.decodeWithin(undefined, data, most);
  }

  /** Decodes an entry without its envelope, or a field of a hash. The key matters for encryption. */
  decodeAt(key: string, data: Buffer, most: number): Promise<unknown> {
    return this.executor.codec.decodeWithin(this.keyNamed(key), data, most);
  }

  /** Encodes a value. @throws SerializerError if the cache cannot store the value */
  async encoded(key: string, value: unknown, as: StoredAs): Promise<Encoded> {
    const { codec } = this.executor;
    if (as === 'member') return codec.encodeCanonical(value);
    return as === 'value' ? codec.encodeAt(this.keyNamed(key), value) : codec.encode(value);
  }

  /** Decodes what `encoded` returned. */
  async readBack(key: string, data: Encoded, as: StoredAs): Promise<unknown> {
    const { codec } = this.executor;
    const bytes = Buffer.from(data);
    return as === 'value' ? codec.decodeAt(this.keyNamed(key), bytes) : codec.decode(bytes);
  }

  /** @throws SerializerError if a value of this size exceeds the cache's limit */
  expectShort(key: string, bytes: number): void {
    this.executor.codec.expectShort(key, bytes);
  }

  /** Finds the layers of an entry without its envelope: serializer, compression, encryption. */
  layersAt(key: string, data: Buffer, most: number): ReturnType<EntryCodec['layersAt']> {
    return this.executor.codec.layersAt(this.keyNamed(key), data, most);
  }

  /** Reads the envelope at the beginning of a value. */
  async headOf(key: string, beginning: unknown): Promise<EnvelopeHead | undefined> {
    return await headIn(beginning, this.keyNamed(key), this.executor.context);
  }

  /** The name on the server of one of the library's own keys. */
  ownName(space: OwnSpace, name: string): string {
    return this.executor.ownName(space, name);
  }

  /** The keys of a lock or semaphore. */
  ownKeysOf(kind: Parameters<typeof ownKeys>[1], name: string, version: Version): OwnKeys {
    return ownKeys(this.executor, kind, name, version);
  }

  /** The prefix of holder tokens of this process. */
  get lockInstance(): string {
    return this.locking.instance;
  }

  /** The loads of `getOrSet` and similar methods that run in this process. */
  get flights(): FlightFacts[] {
    return this.caching.underWay;
  }

  /** The scripts of the application. */
  get knownScripts(): ScriptRegistry['known'] {
    return this.scripts.known;
  }

  /** The in-process copies, if `tracking` is on. */
  get localCopies(): LocalCopies | undefined {
    return this.executor instanceof TrackingExecutor ? this.executor.copies : undefined;
  }

  /** A pattern for all keys of this cache on the server. */
  get everyKey(): string {
    return this.executor.keys.pattern('*', this.versionOf(undefined));
  }

  /** The key as callers name it; `undefined` for a key that no call can reach. */
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

  /** The cache's counters in this process, which every caller shares. */
  get counters(): Counters {
    return this.executor.counters;
  }

  /** Executes a command that the cache has no method for. */
  carryOut<T>(command: Command<T>): Promise<T> {
    return this.executor.execute(command);
  }

  /** Executes commands in one transaction. @throws the error of the first command that failed */
  async carryOutTogether(commands: readonly Command<unknown>[]): Promise<unknown[]> {
    const batch = commands.map((command) => this.executor.prepare(strict(command)));
    return valuesOf(await this.executor.executeAll(batch, true));
  }
}
