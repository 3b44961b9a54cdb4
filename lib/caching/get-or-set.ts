import type { Logger } from '@nestjs/common';
import type { Key } from '../command-model/command.js';
import { ConnectionError } from '../errors/index.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import type { Locking } from '../locking/locking.js';
import type { Tags } from '../tags/tags.js';
import { Deadlines } from '../waiting/deadlines.js';
import { Computation } from './computation.js';
import type { Reading } from './entry-reader.js';
import { type FlightFacts, Flights } from './flights.js';
import type { ManyFactory, ResolvedMany } from './get-or-set-many.options.js';
import type { Factory, ResolvedGetOrSet } from './get-or-set.options.js';
import { ManyCall } from './many-call.js';
import { Misses } from './misses.js';
import { Reader } from './reader.js';
import { OwnFactory } from './source.js';

/** Reads keys; if one has no value, lets one caller of the process make it for all. */
export class ReadThrough {
  private readonly flights = new Flights();
  private readonly deadlines = new Deadlines();
  private readonly reader: Reader;
  private readonly misses: Misses;

  constructor(
    private readonly executor: CommandExecutor,
    locking: Locking,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {
    this.reader = new Reader(executor, this.deadlines);
    this.misses = new Misses(executor, locking, this, this.flights, this.reader, this.deadlines);
  }

  get tags(): Tags {
    return this.executor.tags;
  }

  async getOrSet<T>(key: Key, factory: Factory<T>, options: ResolvedGetOrSet): Promise<T> {
    const { executor, flights, misses } = this;
    const id = executor.wireName(key);
    const endsAt = endOf(options);
    const outer = Computation.current;
    const { evictions } = executor;
    const isDoomed = evictions.isOn && evictions.dooms(key, options.tags);
    if (isDoomed || outer?.isNeededFor(this, id)) {
      const source = new OwnFactory(executor, factory, this.logger);
      return misses.makeAlone({ id, key, options, endsAt, outer, source });
    }
    const gate = flights.enter(id);
    const launchedBefore = flights.launched;
    const lastBefore = gate.ended;
    const looksBefore = flights.looks;
    try {
      let reading: Reading;
      try {
        const entry = await this.reader.ask(executor, key, options, endsAt);
        const read = this.reader.readingOf(key, entry, options, endsAt, executor.counters);
        reading = read instanceof Promise ? await read : read;
      } catch (error) {
        reading = this.reader.withoutAnswer(error, options);
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller says what the key holds
      if (reading.hit) return reading.hit.value as T;
      const source = new OwnFactory(executor, factory, this.logger);
      const wanted = { id, key, options, endsAt, outer, source };
      return await misses.obtain(wanted, { gate, launchedBefore }, { reading, lastBefore, looksBefore });
    } finally {
      flights.leave(id, gate);
    }
  }

  /** The values that exist, in the order of the keys, which are all different. */
  getOrSetMany<T>(keys: readonly Key[], loader: ManyFactory<T>, options: ResolvedMany): Promise<Map<string, T>> {
    const { executor, flights, reader, misses, logger } = this;
    const endsAt = endOf(options.shared);
    return new ManyCall({ executor, flights, reader, misses, logger, cache: this }, loader, options, endsAt).run(keys);
  }

  /** The factories that run in this process. */
  get underWay(): FlightFacts[] {
    return this.flights.facts;
  }

  /** Tells running factories to stop. */
  close(): void {
    this.deadlines.release();
    this.flights.abortAll(new ConnectionError('the cache was closed'));
  }
}

/** When the time of a call is over, by the process's own clock. */
const endOf = ({ hardMs }: ResolvedGetOrSet): number => (hardMs === Infinity ? Infinity : performance.now() + hardMs);
