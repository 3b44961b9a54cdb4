import { quoted } from '../errors/quoted.js';
import { CommandTimeoutError, FactoryTimeoutError } from '../errors/index.js';
import type { Key, Lookups } from '../command-model/command.js';
import { maxArguments } from '../command-model/parts.js';
import { readEach } from '../waiting/all-of.js';
import type { StampsAsked } from '../command-model/tag-questions.js';
import { type EntryAnswer, entriesCommand, entryCommand } from '../entries/entry-replies.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import type { Deadlines } from '../waiting/deadlines.js';
import { type Commands, isTimed, type Reading, readingOf, unanswered } from './entry-reader.js';
import type { ResolvedGetOrSet } from './get-or-set.options.js';

/** Reads keys for callers that can do without an answer if an outage is ignored. */
export class Reader {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly deadlines: Deadlines,
  ) {}

  /** Whether the factory runs without the cache after a failed read. */
  forgives(error: unknown, { outage }: ResolvedGetOrSet): boolean {
    const why = error instanceof FactoryTimeoutError ? error.cause : error;
    return outage ? outage.forgives(why) : this.executor.forgives(why);
  }

  /** What the key holds, no later than the caller's time is over. */
  ask(commands: Commands, key: Key, options: ResolvedGetOrSet, endsAt: number): Promise<EntryAnswer> {
    const answer = commands.execute(entryCommand(key, 'read', isTimed(options), this.askForTags(options)));
    return endsAt === Infinity ? answer : this.inTime(answer, key, options, endsAt);
  }

  /**
   * The reading for that answer, no later than the caller's time is over, because schemas may take time. `lookups`
   * learns whether there is a value that counts.
   */
  readingOf(
    key: Key,
    entry: EntryAnswer,
    options: ResolvedGetOrSet,
    endsAt: number,
    lookups?: Lookups,
  ): Reading | Promise<Reading> {
    options.outage?.over();
    const reading = readingOf(this.executor, key, entry, options, lookups);
    if (!(reading instanceof Promise) || endsAt === Infinity) return reading;
    return this.deadlines.within(reading, endsAt - performance.now(), () => {
      throw new FactoryTimeoutError(`The schema of ${quoted(key.name)} did not answer within ${options.hardMs} ms`);
    });
  }

  /** The reading if there is no answer; throws an error that is not to be ignored. */
  withoutAnswer(error: unknown, options: ResolvedGetOrSet): Reading {
    if (!this.forgives(error, options)) throw error;
    return unanswered;
  }

  async read(commands: Commands, key: Key, options: ResolvedGetOrSet, endsAt: number): Promise<Reading> {
    try {
      return await this.readingOf(key, await this.ask(commands, key, options, endsAt), options, endsAt);
    } catch (error) {
      return this.withoutAnswer(error, options);
    }
  }

  /**
   * Reads all keys in one round trip per server, with as few commands as possible; a reading per key, in their order.
   *
   * @throws the error of the first key that could not be read
   */
  async readMany(keys: readonly Key[], options: ResolvedGetOrSet, endsAt: number): Promise<Reading[]> {
    const asked = this.entriesOf(keys, options);
    const entries = await (endsAt === Infinity ? asked : this.inTime(asked, keys[0]!, options, endsAt)).catch(
      (error: Error) => keys.map(() => error),
    );
    const { counters } = this.executor;
    return readEach(entries, (entry, index) => {
      if (!(entry instanceof Error)) return this.readingOf(keys[index]!, entry, options, endsAt, counters);
      return this.withoutAnswer(entry, options);
    });
  }

  private async entriesOf(keys: readonly Key[], options: ResolvedGetOrSet): Promise<(EntryAnswer | Error)[]> {
    const groups = this.executor.together(keys, maxArguments);
    const asked = this.askForTags(options);
    const commands = groups.map((group) => this.executor.prepare(entriesCommand(group, isTimed(options), asked)));
    const outcomes = await this.executor.executeAll(commands);
    const answers = outcomes.map((outcome, index) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the executor rejects only with errors
      if (outcome.status === 'rejected') return groups[index]!.map(() => outcome.reason as Error);
      options.outage?.over();
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each command has read its own answer
      return outcome.value as (EntryAnswer | Error)[];
    });
    if (!this.executor.isSharded) return answers.flat();
    // Slots answer in an order of their own.
    const byKey = new Map(groups.flatMap((group, index) => group.map((key, place) => [key, answers[index]![place]])));
    return keys.map((key) => byKey.get(key));
  }

  /** What the call would store has these tags, so what is stored most likely has: asked in the same round trip. */
  private askForTags({ tags }: ResolvedGetOrSet): StampsAsked | undefined {
    return tags.length === 0 ? undefined : this.executor.tags.ask(tags);
  }

  /**
   * The server's answer, as long as there is time for it. If the factory can run without an answer, half of the time is
   * left to it.
   */
  private inTime<T>(answer: Promise<T>, { name }: Key, options: ResolvedGetOrSet, endsAt: number): Promise<T> {
    const leftMs = endsAt - performance.now();
    const isForgiving = options.outage !== undefined || this.executor.isForgiving;
    return this.deadlines.within(answer, isForgiving ? leftMs / 2 : leftMs, () => {
      const cause = new CommandTimeoutError(`GET ${quoted(name)}: no answer within the time that hardTimeout allows`);
      throw new FactoryTimeoutError(`${quoted(name)} could not be read within ${options.hardMs} ms`, { cause });
    });
  }
}
