import type { Place } from '../arguments/scope.js';
import { setImmediate } from 'node:timers/promises';
import { bufferOf } from '../entries/early-recomputation.js';
import { type Command, Key, keysOf, SharedStamps, write } from '../command-model/command.js';
import { getManyCommand } from '../entries/entry-replies.js';
import { pairsOf } from '../arguments/mapping.js';
import { maxArguments } from '../command-model/parts.js';
import * as replies from '../command-model/replies.js';
import { strictInAll } from '../command-model/strict.js';
import type { StandardSchema } from '../codec/schema.js';
import { assertStorable } from '../codec/storable.js';
import { valueToStore, storeCommand } from '../entries/store.js';
import { chunksOf } from '../execution/slots.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import type { Prepared } from '../execution/prepared.js';
import type { ResolvedStampede } from '../options/stampede.options.js';

/** Keys per round trip; a call with more takes several, so that neither side has to hold everything. */
const keysPerTrip = 16 * maxArguments;
/** SETs per round trip. */
const setsPerTrip = 5000;

/** The options of `setMany`, resolved, in milliseconds. */
export interface ResolvedSetMany {
  /** `null` is never, 0 expires at once. */
  readonly ms: number | null;
  readonly tags: readonly string[];
  readonly stampede: ResolvedStampede | undefined;
}

/** Reads, writes and deletes any number of keys. */
export class ManyKeys {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly isStrict = false,
  ) {}

  async get<T>(
    names: readonly string[],
    version: Place,
    stampede?: ResolvedStampede,
    schema?: StandardSchema,
  ): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    const { evictions } = this.executor;
    const keys = keysOf(names, version);
    await this.inChunks(
      evictions.isOn ? keys.filter((key) => !evictions.dooms(key)) : keys,
      (chunk) => getManyCommand<T>(chunk, stampede, schema),
      (values, chunk) => {
        for (const [index, value] of values.entries()) if (value !== undefined) found.set(chunk[index]!.name, value);
      },
    );
    return this.executor.isSharded ? inOrder(keys, found) : found;
  }

  async delete(keys: readonly Key[]): Promise<number> {
    let deleted = 0;
    await this.inChunks(
      keys,
      (chunk) => write('UNLINK', chunk, replies.integer),
      (count) => (deleted += count),
    );
    return deleted;
  }

  /**
   * Encodes everything before it sends anything, so that a value that cannot be stored leaves no half of the mapping
   * behind. Returns the keys that were not written.
   */
  async set(mapping: object, version: Place, { ms, tags, stampede }: ResolvedSetMany): Promise<string[]> {
    const pairs = pairsOf<string, unknown>(mapping);
    const batch: Prepared<boolean>[] = [];
    const shared = new SharedStamps(ms && ms + (stampede?.bufferMs ?? 0));
    for (const chunk of chunksOf(pairs, setsPerTrip)) {
      if (batch.length > 0) {
        // Even the last value counts as made at the time of the call.
        shared.taken ??= this.executor.tags.take(tags, shared.lifeMs);
        shared.taken.catch(() => undefined);
        await setImmediate();
      }
      for (const [name, value] of chunk) {
        if (ms === 0) assertStorable(value);
        const bufferMs = bufferOf(value, ms, stampede);
        const keptMs = ms && ms + bufferMs;
        const stored = valueToStore(value, tags, bufferMs, keptMs, shared);
        batch.push(this.executor.prepare(this.asked(storeCommand(new Key(name, version), stored, keptMs))));
      }
    }
    const failed: string[] = [];
    let index = 0;
    for (const chunk of chunksOf(batch, setsPerTrip)) {
      for (const outcome of await this.executor.executeAll(chunk)) {
        if (outcome.status === 'rejected') throw outcome.reason;
        const [name] = pairs[index++]!;
        if (outcome.value !== true) failed.push(name);
      }
    }
    return failed;
  }

  /** As few commands as possible, on a cluster one per slot. */
  private async inChunks<T>(
    keys: readonly Key[],
    command: (chunk: Key[]) => Command<T>,
    take: (answer: T, chunk: readonly Key[]) => void,
  ): Promise<void> {
    for (const trip of chunksOf(keys, keysPerTrip)) {
      const chunks = this.executor.together(trip, maxArguments);
      const answers = await this.executor.executeEach(chunks.map((chunk) => this.asked(command(chunk))));
      for (const [index, answer] of answers.entries()) take(answer, chunks[index]!);
    }
  }

  private asked<T>(command: Command<T>): Command<T> {
    return this.isStrict ? strictInAll(command) : command;
  }
}

/** Slots answer in an order of their own. */
function inOrder<T>(keys: readonly Key[], found: ReadonlyMap<string, T>): Map<string, T> {
  return new Map(keys.filter(({ name }) => found.has(name)).map(({ name }) => [name, found.get(name)!]));
}
