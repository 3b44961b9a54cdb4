import type { CommandExecutor } from '../execution/command-executor.js';
import type { Locking } from '../locking/locking.js';
import type { Deadlines } from '../waiting/deadlines.js';
import { Computation, Wait } from './computation.js';
import type { Spare } from './entry-reader.js';
import { FactoryRun } from './factory-run.js';
import { FleetLock } from './fleet-lock.js';
import { Flight } from './flight.js';
import type { Slot } from './flights.js';
import { Making, type Workshop } from './making.js';
import type { Reader } from './reader.js';
import type { MakeRequest } from './request.js';
import { Seals } from './seals.js';

/** Lets factories make values. */
export class Maker {
  private readonly workshop: Workshop;

  constructor(
    executor: CommandExecutor,
    private readonly locking: Locking,
    private readonly cache: object,
    private readonly deadlines: Deadlines,
    reader: Reader,
  ) {
    this.workshop = { executor, reader, seals: new Seals(executor.tags) };
  }

  launch<T>(slot: Slot, request: MakeRequest<T>, spare?: Spare): Flight<T> {
    const { id, key, options, endsAt, outer } = request;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller says what the key holds
    const staleValue = options.graceMs > 0 ? (spare?.value as T | undefined) : undefined;
    const run = new FactoryRun<T>(key, options.ms, staleValue);
    const computation = new Computation(this.cache, id, outer);
    const wait = outer && new Wait(outer, computation);
    const lock = options.lock && !request.isUnanswered ? new FleetLock(this.locking, key, id, computation) : undefined;
    const making = new Making(this.workshop, request, run, computation, slot, lock);
    const limits = {
      leftMs: endsAt - performance.now(),
      hardMs: options.hardMs,
      patienceMs: options.patienceMs,
      deadlines: this.deadlines,
    };
    const flight = new Flight<T>(slot.number, computation, run, limits, making);
    if (wait) {
      const end = (): void => wait.end();
      flight.outcome.then(end, end);
    }
    return flight;
  }
}
