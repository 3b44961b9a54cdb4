import type { Logger } from '@nestjs/common';
import { type Key, read } from '../commands/command.js';
import type { ReplyShape } from '../commands/reply-shape.js';
import { storeCommand } from '../commands/store.js';
import { ConnectionError } from '../errors/index.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { FactoryRun } from './factory-run.js';
import { Flight } from './flight.js';
import { Flights } from './flights.js';
import type { Factory, Plan } from './get-or-set.options.js';
import { Made } from './made.js';

const stored: ReplyShape<Buffer | undefined> = {
  decode: (raw) => (raw as Buffer | null) ?? undefined,
  missing: () => undefined,
};

/** Reads a key and, where it has no value, lets one caller of the process make it for all. */
export class ReadThrough {
  private readonly flights = new Flights();

  constructor(
    private readonly executor: CommandExecutor,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  async getOrSet<T>(key: Key, factory: Factory<T>, plan: Plan): Promise<T> {
    const { context } = this.executor;
    const id = String(this.executor.keys.wire(key));
    const gate = this.flights.enter(id);
    try {
      const lastBefore = gate.ended;
      const data = await this.executor.execute(read('GET', [key], stored));
      let value = data && context.decode(data);
      if (value instanceof Promise) value = await value;
      if (value !== undefined) return value as T;
      // A flight that has ended since this caller came has brought what it came for.
      const other = gate.current ?? (gate.ended === lastBefore ? undefined : gate.ended);
      if (other) return await (other as Flight<T>).copy();
      const flight = this.flights.start(id, () => this.flight(key, factory, plan)) as Flight<T>;
      return (await flight.outcome).value;
    } finally {
      this.flights.leave(id, gate);
    }
  }

  /** Factories under way are told to stop. */
  close(): void {
    this.flights.abortAll(new ConnectionError('the cache was closed'));
  }

  private flight<T>(key: Key, factory: Factory<T>, plan: Plan): Flight<T> {
    const run = new FactoryRun(key.name, plan.ms);
    const make = async (): Promise<Made<T>> => new Made(await factory(run), this.executor.context);
    return new Flight(run, plan.hardMs, make, (made) => this.store(key, made, run, plan));
  }

  private async store(key: Key, made: Made<unknown>, { ms }: FactoryRun, { jitterMs }: Plan): Promise<void> {
    try {
      await this.executor.execute(storeCommand(key, made.encode(), shortened(ms, jitterMs)));
    } catch (error) {
      this.logger.warn(`A value was made and not stored: ${(error as Error).message}`);
    }
  }
}

function shortened(ms: number | null, jitterMs: number): number | null {
  return ms ? Math.max(1, Math.round(ms - Math.random() * jitterMs)) : ms;
}
