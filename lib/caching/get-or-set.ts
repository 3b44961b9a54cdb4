import type { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Key } from '../commands/command.js';
import { storeCommand } from '../commands/store.js';
import { ConnectionError } from '../errors/index.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import type { Locking } from '../locking/locking.js';
import type { Lookups } from '../observability/counters.js';
import { nothing, type Reading, readEntry, type Spare, unanswered } from './entry-reader.js';
import { FactoryRun } from './factory-run.js';
import { FleetLock } from './fleet-lock.js';
import { Flight, tooLate } from './flight.js';
import { Flights } from './flights.js';
import type { Factory, Plan } from './get-or-set.options.js';
import { Made } from './made.js';
import { Seal } from './seal.js';
import type { Tags } from './tags.js';
import { within } from './within.js';

/** How long after a failed refresh stale copies are given without another try. */
const backOffMs = 1000;

/** What a caller wants, by the key on the wire. */
interface Request<T> {
  readonly id: string;
  readonly key: Key;
  readonly factory: Factory<T>;
  readonly plan: Plan;
  /** The server was just waited for in vain: it is not asked for anything else. */
  readonly isUnanswered?: boolean;
}

/** Reads a key and, where it has no value, lets one caller of the process make it for all. */
export class ReadThrough {
  private readonly flights = new Flights();
  /** What has failed to refresh a key a moment ago. */
  private readonly failed = new LRUCache<string, Flight>({ max: 10_000, ttl: backOffMs });

  constructor(
    private readonly executor: CommandExecutor,
    private readonly locking: Locking,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  get tags(): Tags {
    return this.executor.tags;
  }

  async getOrSet<T>(key: Key, factory: Factory<T>, plan: Plan): Promise<T> {
    const id = String(this.executor.keys.wire(key));
    const gate = this.flights.enter(id);
    const startedBefore = this.flights.started;
    // However often it is read, the caller asks once.
    let lookups: Lookups | undefined = this.executor.counters;
    try {
      for (;;) {
        const lastBefore = gate.ended;
        const reading = await readEntry(this.executor, key, plan, 'read', lookups);
        const { hit, spare, isUnanswered } = reading;
        lookups = undefined;
        if (hit) return hit.value as T;
        // A flight that has ended since this caller came has brought what it came for.
        const other = (gate.current ?? (gate.ended === lastBefore ? undefined : gate.ended)) as Flight<T> | undefined;
        if (!other) {
          const request = { id, key, factory, plan, isUnanswered };
          if (!spare) return await this.start(request).own();
          if (await this.hasJustFailed(id, spare, plan)) return this.give(spare, plan) as T;
          if (gate.current) continue;
          return await this.refreshOrGive(spare, request);
        }
        // A tag may have been invalidated between the start of that flight and this call, where anybody can tell.
        const isForCaller = async (): Promise<boolean> =>
          isUnanswered || other.number > startedBefore || (await other.isCurrent());
        const joined = await this.join(other, reading, key, plan, isForCaller);
        if (joined) return joined.value;
      }
    } finally {
      this.flights.leave(id, gate);
    }
  }

  /** Factories under way are told to stop. */
  close(): void {
    this.flights.abortAll(new ConnectionError('the cache was closed'));
  }

  /** What another caller's flight brings; nothing where it began too early for this caller. */
  private async join<T>(
    flight: Flight<T>,
    { spare, isUnanswered }: Reading,
    key: Key,
    plan: Plan,
    isForCaller: () => Promise<boolean>,
  ): Promise<{ readonly value: T } | undefined> {
    const softMs = spare ? Math.max(0, plan.softMs - flight.ageMs) : Infinity;
    let isLate = false;
    let value: T;
    try {
      value = await within(isUnanswered ? flight.unstoredCopy() : flight.copy(), Math.min(softMs, plan.hardMs), () => {
        isLate = true;
        throw tooLate(key.name, plan.hardMs);
      });
    } catch (error) {
      if (!spare) throw error;
      return isLate || (await isForCaller()) ? { value: this.give(spare, plan) as T } : undefined;
    }
    return (await isForCaller()) ? { value } : undefined;
  }

  /** Whether it is too early for another try: since the last one nothing was invalidated that the spare depends on. */
  private async hasJustFailed(id: string, { isStale, tags }: Spare, plan: Plan): Promise<boolean> {
    const flight = this.failed.get(id);
    if (!flight || !isStale) return flight !== undefined;
    return tags.every(([tag]) => plan.tags.includes(tag)) && (await flight.isCurrent());
  }

  private refreshOrGive<T>(spare: Spare, request: Request<T>): Promise<T> {
    const giveSpare = (): T => this.give(spare, request.plan) as T;
    return within(this.refresh(request, spare).own(), request.plan.softMs, giveSpare).catch(giveSpare);
  }

  private give({ value, isStale }: Spare, { onStale }: Plan): unknown {
    if (isStale) {
      this.executor.counters.stale++;
      onStale?.();
    }
    return value;
  }

  private refresh<T>(request: Request<T>, spare: Spare): Flight<T> {
    const flight = this.start(request, spare);
    flight.outcome.catch((error: unknown) => {
      this.failed.set(request.id, flight);
      const why = error instanceof Error ? error.message : String(error);
      this.logger.warn(`${JSON.stringify(request.key.name)} could not be made anew, its old value is given: ${why}`);
    });
    return flight;
  }

  private start<T>(request: Request<T>, spare?: Spare): Flight<T> {
    return this.flights.start(request.id, (number) => this.flight(number, request, spare)) as Flight<T>;
  }

  private flight<T>(number: number, request: Request<T>, spare: Spare | undefined): Flight<T> {
    const { key, factory, plan } = request;
    const run = new FactoryRun<T>(key.name, plan.ms, plan.graceMs > 0 ? (spare?.value as T | undefined) : undefined);
    const lock = plan.lock && !request.isUnanswered ? new FleetLock(this.locking, key, plan.hardMs) : undefined;
    let seal: Seal | undefined;
    const flight = new Flight<T>(number, run, plan.hardMs, {
      make: async () => {
        const { hit, isUnanswered }: Reading = lock ? await this.readInTurn(key, plan, lock, run) : request;
        if (hit) return new Made(hit.value as T, this.executor.context);
        if (!isUnanswered) seal = await this.prepare(key, plan, factory.length > 0);
        run.throwIfAborted();
        return new Made(await factory(run), this.executor.context);
      },
      store: (made) => this.store(key, made, run, seal),
      isCurrent: async () => seal !== undefined && seal.isCurrent(run),
    });
    const release = (): void => void lock?.release();
    flight.outcome.then(release, release);
    return flight;
  }

  /** Whoever had the lock before may have stored the value. */
  private async readInTurn(key: Key, plan: Plan, lock: FleetLock, run: FactoryRun): Promise<Reading> {
    try {
      await lock.acquire(run.signal);
      run.throwIfAborted();
      const reading = await readEntry(this.executor, key, plan, 'write');
      if (reading.hit) run.skip();
      return reading;
    } catch (error) {
      run.throwIfAborted();
      return this.executor.forgives(error) ? unanswered : nothing;
    }
  }

  /** `undefined` where the tags could not be asked for: the value will be given, and not stored. */
  private async prepare(key: Key, plan: Plan, mayTag: boolean): Promise<Seal | undefined> {
    try {
      return await Seal.prepare(this.tags, plan, mayTag);
    } catch (error) {
      this.notStored(key, error as Error);
      return undefined;
    }
  }

  private async store(key: Key, made: Made<unknown>, run: FactoryRun, seal: Seal | undefined): Promise<void> {
    if (!seal) return;
    try {
      const closed = await seal.close(await made.encode(), run);
      if (closed) await this.executor.execute(storeCommand(key, closed.data, closed.ms));
    } catch (error) {
      this.notStored(key, error as Error);
    }
  }

  private notStored({ name }: Key, error: Error): void {
    if (this.executor.forgives(error)) return;
    this.logger.warn(`The value of ${JSON.stringify(name)} was made and not stored: ${error.message}`);
  }
}
