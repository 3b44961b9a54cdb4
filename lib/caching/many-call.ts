import type { Logger } from '@nestjs/common';
import type { Key } from '../command-model/command.js';
import { errorText } from '../errors/error-text.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { Batch } from './batch.js';
import { Computation } from './computation.js';
import type { Flights, Gate } from './flights.js';
import type { ManyFactory, ResolvedMany } from './get-or-set-many.options.js';
import type { Wanted } from './request.js';
import type { Misses } from './misses.js';
import type { Reader } from './reader.js';

/** The parts of a cache that read through it. */
interface Parts {
  readonly executor: CommandExecutor;
  readonly flights: Flights;
  readonly reader: Reader;
  readonly misses: Misses;
  readonly logger: Pick<Logger, 'warn'>;
  readonly cache: object;
}

interface Asked {
  readonly key: Key;
  /** The key on the wire. */
  readonly id: string;
}

/** One call for many keys: each missing key is made as by a `getOrSet`, with their steps combined. */
export class ManyCall<T> {
  private readonly outer = Computation.current;
  private readonly batch: Batch<T>;
  private readonly found = new Map<string, T>();
  private readonly makings: Promise<void>[] = [];

  constructor(
    private readonly parts: Parts,
    loader: ManyFactory<T>,
    private readonly options: ResolvedMany,
    private readonly endsAt: number,
  ) {
    this.batch = new Batch(parts.executor, parts.logger, parts.cache, loader, this.outer);
  }

  async run(keys: readonly Key[]): Promise<Map<string, T>> {
    const { executor, misses } = this.parts;
    const [alone, readers]: [Asked[], Asked[]] = [[], []];
    // All of them before the first begins: a caller's function may throw.
    for (const asked of keys.map((key) => ({ key, id: executor.wireName(key) })))
      (this.isAlone(asked) ? alone : readers).push(asked);
    for (const asked of alone) {
      const making = this.make(asked, (wanted) => misses.makeAlone(wanted));
      // It may fail while the others are read, when nobody waits for it yet.
      making.catch(() => undefined);
      this.makings.push(making);
    }
    try {
      if (readers.length > 0) await this.read(readers);
    } catch (error) {
      void Promise.allSettled(this.makings);
      throw error;
    } finally {
      this.batch.countDown();
    }
    if (this.makings.length === 0) return this.found;
    await (this.options.partial ? this.allEnded(keys.length) : Promise.all(this.makings));
    const { found } = this;
    return new Map(keys.flatMap(({ name }) => (found.has(name) ? [[name, found.get(name)!]] : [])));
  }

  private async read(readers: readonly Asked[]): Promise<void> {
    const { flights, reader, misses } = this.parts;
    const arrivals = readers.map(({ id }) => {
      const gate = flights.enter(id);
      return { gate, lastBefore: gate.ended };
    });
    const launchedBefore = flights.launched;
    const looksBefore = flights.looks;
    const keys = readers.map(({ key }) => key);
    const readings = await reader.readMany(keys, this.options.shared, this.endsAt).catch((error) => {
      for (const [index, { gate }] of arrivals.entries()) flights.leave(readers[index]!.id, gate);
      throw error;
    });
    for (const [index, reading] of readings.entries()) {
      const asked = readers[index]!;
      const { gate, lastBefore } = arrivals[index]!;
      if (reading.hit) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller says what the keys hold
        if (reading.hit.value !== undefined) this.found.set(asked.key.name, reading.hit.value as T);
        flights.leave(asked.id, gate);
        continue;
      }
      const look = { reading, lastBefore, looksBefore };
      const obtain = (wanted: Wanted<T>): Promise<T> => misses.obtain(wanted, { gate, launchedBefore }, look);
      this.makings.push(this.make(asked, obtain, gate));
    }
  }

  private async make(
    { key, id }: Asked,
    obtain: (wanted: Wanted<T>) => Promise<T | undefined>,
    gate?: Gate,
  ): Promise<void> {
    const source = this.batch.member(id);
    const { endsAt, outer } = this;
    try {
      const value = await obtain({ id, key, options: this.options.of(key.name), endsAt, outer, source });
      if (value !== undefined) this.found.set(key.name, value);
    } finally {
      if (gate) this.parts.flights.leave(id, gate);
      source.stepAside();
    }
  }

  /** Whether it is made without the cache: another caller waits for it already, or it is about to be evicted. */
  private isAlone({ key, id }: Asked): boolean {
    const { cache, executor } = this.parts;
    const { evictions } = executor;
    if (evictions.isOn && evictions.dooms(key, this.options.of(key.name).tags)) return true;
    return this.outer !== undefined && this.outer.isNeededFor(cache, id);
  }

  /** Leaves out the keys that failed, and logs them. */
  private async allEnded(asked: number): Promise<void> {
    const outcomes = await Promise.allSettled(this.makings);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    if (failed.length === 0) return;
    const why = errorText(failed[0]!.reason);
    this.parts.logger.warn(
      `getOrSetMany leaves out ${failed.length} of ${asked} keys, which it could not load: ${why}`,
    );
  }
}
