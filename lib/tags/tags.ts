import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Stamp } from '../codec/envelope.js';
import { type Command, type Key, type ReplyShape, WireKey, write } from '../command-model/command.js';
import { maxArguments } from '../command-model/parts.js';
import * as replies from '../command-model/replies.js';
import { strict } from '../command-model/strict.js';
import { listOf, textOrNone } from '../wire/reply-parts.js';
import { OutOfMemoryError } from '../errors/index.js';
import type { Evictions } from '../evictions/evictions.js';
import type { StampsAsked, TagQuestions } from '../command-model/tag-questions.js';
import { tagParts } from '../arguments/scope.js';
import { Gathering } from './gathering.js';
import { bumpGeneration, type Generation, randomStamp, readGeneration } from './generation.js';
import { Invalidations } from './invalidations.js';

/** Executes the commands of tags. */
export interface TagExecutor {
  execute<T>(command: Command<T>): Promise<T>;
  /** Sends all commands in one round trip per server. */
  executeEach<T>(commands: readonly Command<T>[]): Promise<T[]>;
  /** Groups keys that one command can take, at most `atMost`. */
  together(keys: readonly Key[], atMost: number): Key[][];
  /** The deferred evictions of the cache, among them those of tags. */
  readonly evictions: Evictions;
  /** The name of one of the library's own keys. */
  ownName(space: 'tag', name: string, part?: string): string;
}

/** The pseudo-version in messages. */
const space = 'tag';

interface Need {
  readonly tag: string;
  readonly lifeMs: number;
}

type Stamps = ReadonlyMap<string, string | undefined>;

/** A stamp outlives its entries: it is taken before the value is made. */
const marginMs = 3_600_000;

/** How long the tags of an entry without an end live after it was last written, or read by a process on a new day. */
const endlessMs = 90 * 86_400_000;
const renewedForMs = 86_400_000;

/** After one server did not answer, the others get this long: those that answer at all are quick. */
const promptMs = 100;

const stampShape = replies.shape<string | undefined>(textOrNone, () => undefined);

/** Of so many tags; nothing is known while the server is away. */
const stampsShape = (count: number): ReplyShape<(string | undefined)[]> =>
  replies.shape(
    (raw) => listOf(count, raw).map(textOrNone),
    () => [],
  );

/**
 * Tags of entries. Each tag has a key with a random stamp, and every entry with that tag carries a copy of the stamp.
 * To invalidate a tag is to delete its key: a stamp never comes back, so every copy of it is worthless from then on,
 * including copies in entries that are still being written.
 */
export class Tags implements TagQuestions {
  private readonly reads = new Gathering<string, Stamps>((tags) => this.read([...new Set(tags)]));
  private readonly takes = new Gathering<Need, Stamps>((needs) => this.readOrMake(longest(needs)));

  private readonly generations = new Gathering<never, Generation>(() =>
    this.executor.execute(readGeneration(this.generationKey())),
  );

  private readonly invalidations = new Invalidations();

  /** Tags that this process has renewed lately. */
  private readonly renewed = new LRUCache<string, true>({ max: 10_000, ttl: renewedForMs });

  constructor(private readonly executor: TagExecutor) {}

  /** Asked beside the read of an entry, which then needs no second round trip if it has these tags only. */
  ask(tags: readonly string[]): StampsAsked {
    return { tags, current: this.reads.join(tags) };
  }

  areCurrent(stamps: readonly Stamp[], asked?: StampsAsked): Promise<boolean> {
    if (stamps.length === 0) return Promise.resolve(true);
    const { evictions } = this.executor;
    if (evictions.isOn && evictions.doomsStamped(stamps)) return Promise.resolve(false);
    if (asked && stamps.every(([tag]) => asked.tags.includes(tag))) {
      // The entry may be newer than the answer.
      return asked.current.then((current) => areIn(current, stamps) || this.areCurrent(stamps));
    }
    return this.reads.join(stamps.map(([tag]) => tag)).then((current) => areIn(current, stamps));
  }

  async areInvalidated(stamps: readonly Stamp[]): Promise<boolean> {
    if (stamps.length === 0) return false;
    const current = await this.reads.join(stamps.map(([tag]) => tag));
    return stamps.some(([tag, stamp]) => current.has(tag) && current.get(tag) !== stamp);
  }

  /** The current time, counted in invalidations of this process. */
  get now(): number {
    return this.invalidations.count;
  }

  /**
   * The stamps for an entry that lives for `lifeMs`, or forever (`null`); taken before its value is made. For a value
   * made earlier, a tag that this process has invalidated `since` then gets a worthless stamp.
   */
  async take(tags: readonly string[], lifeMs: number | null, since = this.now): Promise<Stamp[]> {
    if (tags.length === 0) return [];
    const stamps = await this.takes.join(tags.map((tag) => ({ tag, lifeMs: lifeMs ?? endlessMs })));
    return tags.map((tag): Stamp => {
      const isOutdated = this.invalidations.isAfter(since, tag);
      return [tag, isOutdated ? randomStamp() : stamps.get(tag)!];
    });
  }

  async extend(stamps: readonly Stamp[], lifeMs: number | null): Promise<void> {
    const keptMs = lifeMs ?? endlessMs;
    if (stamps.length > 0) await this.executor.executeEach(stamps.map(([tag]) => keep(this.keyOf(tag), keptMs)));
  }

  async pin(stamps: readonly Stamp[]): Promise<void> {
    const commands = stamps.map(([tag]) => write('PERSIST', [this.keyOf(tag)], replies.boolean));
    if (commands.length > 0) await this.executor.executeEach(commands);
  }

  renew(stamps: readonly Stamp[]): void {
    const due = stamps.filter(([tag]) => !this.renewed.has(tag));
    for (const [tag] of due) this.renewed.set(tag, true);
    this.extend(due, null).catch(() => undefined);
  }

  generation(): Promise<Generation> {
    return this.generations.join([]);
  }

  /**
   * Ends the generation first, for factories that do not know yet that they need a stamp of these tags; on a cluster
   * the order counts. If that server did not answer in an ignored outage, the deletions are sent, but not awaited for
   * long.
   */
  async invalidate(tags: readonly string[]): Promise<number> {
    if (tags.length === 0) return 0;
    this.invalidations.add(tags);
    const isAnswered = await this.endGeneration(tags);
    const deleting = this.deleteStamps(tags);
    return isAnswered ? deleting : Promise.race([deleting, delay(promptMs, 0, { ref: false })]);
  }

  private async deleteStamps(tags: readonly string[]): Promise<number> {
    const deletions = this.groups(tags).map((group) => write('UNLINK', group, replies.integer));
    const counts = await this.executor.executeEach(deletions);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /**
   * Whether the server answered, if an outage is ignored. A full server takes no new stamp but can delete the hash: a
   * reader of the old generation then finds another one, or none.
   */
  private async endGeneration(tags: readonly string[]): Promise<boolean> {
    const key = this.generationKey();
    try {
      return await this.executor.execute(bumpGeneration(key, tags));
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
      return this.executor.execute(write('UNLINK', [key], replies.always));
    }
  }

  /**
   * Reads as a write: a replica may not know of an invalidation yet. Leaves out tags that stay unanswered in an ignored
   * outage.
   */
  private async read(tags: readonly string[]): Promise<Stamps> {
    const groups = this.groups(tags);
    const answers = await this.executor.executeEach(
      groups.map((keys) => write('MGET', keys, stampsShape(keys.length))),
    );
    const known = groups.map((keys, index) => keys.slice(0, answers[index]!.length));
    return new Map(known.flatMap((keys, index) => keys.map(({ name }, place) => [name, answers[index]![place]])));
  }

  private async readOrMake(needs: readonly Need[]): Promise<Stamps> {
    const made = needs.map(({ tag, lifeMs }) => ({ tag, stamp: randomStamp(), lifeMs }));
    const commands = made.flatMap(({ tag, stamp, lifeMs }): Command<unknown>[] => {
      const key = this.keyOf(tag);
      return [
        strict(write('SET', [key, stamp, 'NX', 'GET', 'PX', lifeMs + marginMs], stampShape)),
        strict(keep(key, lifeMs)),
      ];
    });
    const answers = await this.executor.executeEach(commands);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stampShape reads every other answer
    return new Map(made.map(({ tag, stamp }, index) => [tag, (answers[2 * index] as string | undefined) ?? stamp]));
  }

  /** Groups tags into what one command takes. */
  private groups(tags: readonly string[]): Key[][] {
    return this.executor.together(
      tags.map((tag) => this.keyOf(tag)),
      maxArguments,
    );
  }

  private keyOf(tag: string): Key {
    const { name, part } = tagParts(tag);
    return new WireKey(tag, space, this.executor.ownName(space, name, part));
  }

  private generationKey(): Key {
    return new WireKey('all tags', space, this.executor.ownName(space, ''));
  }
}

const areIn = (current: Stamps, stamps: readonly Stamp[]): boolean =>
  stamps.every(([tag, stamp]) => current.get(tag) === stamp);

/** The longest life of each tag. */
function longest(needs: readonly Need[]): Need[] {
  const lives = new Map<string, number>();
  for (const { tag, lifeMs } of needs) lives.set(tag, Math.max(lives.get(tag) ?? 0, lifeMs));
  return [...lives].map(([tag, lifeMs]) => ({ tag, lifeMs }));
}

/** Never shortens the life of a stamp. */
function keep(key: Key, lifeMs: number): Command<boolean> {
  return write('PEXPIRE', [key, lifeMs + marginMs, 'GT'], replies.boolean);
}
