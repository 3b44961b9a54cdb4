/* oxlint-disable typescript/no-unsafe-type-assertion -- the caller says what the key holds, and so what its entries, stale copies and flights hold */
import { quoted } from '../errors/quoted.js';
import { LRUCache } from 'lru-cache';
import { match, Mismatch } from '../codec/schema.js';
import type { Locking } from '../locking/locking.js';
import { errorText } from '../errors/error-text.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { Wait } from './computation.js';
import type { Deadlines } from '../waiting/deadlines.js';
import type { Reading, Spare } from './entry-reader.js';
import { type Flight, tooLate } from './flight.js';
import type { Flights, Gate } from './flights.js';
import { outputOf, unshared } from './made.js';
import { Maker } from './maker.js';
import type { Asked, MakeRequest, Wanted } from './request.js';
import type { Reader } from './reader.js';

/** How long after a failed refresh stale copies are returned without another try. */
const backOffMs = 1000;

/** The reason for ending a wait early. */
const late = Symbol('late');

/** How often a factory may run within itself. */
const deepest = 100;

/** What a caller has read, and the state when it started to. */
export interface Look {
  readonly reading: Reading;
  /** The flight that had ended last at the key. */
  readonly lastBefore: Flight | undefined;
  /** How many times a flight had looked at its key. */
  readonly looksBefore: number;
}

/** When the caller arrived at the key. */
export interface Arrival {
  readonly gate: Gate;
  /** How many flights there had been. */
  readonly launchedBefore: number;
}

/** When a caller has read the key. */
interface Moment {
  readonly launchedBefore: number;
  readonly looksBefore: number;
}

/** Lets one of the callers that found no value make it for all. */
export class Misses {
  /** Flights that have recently failed to refresh a key. */
  private readonly failed = new LRUCache<string, Flight>({ max: 10_000, ttl: backOffMs });
  private readonly maker: Maker;

  constructor(
    private readonly executor: CommandExecutor,
    locking: Locking,
    private readonly cache: object,
    private readonly flights: Flights,
    private readonly reader: Reader,
    private readonly deadlines: Deadlines,
  ) {
    this.maker = new Maker(executor, locking, cache, deadlines, reader);
  }

  /** A value for a caller who has looked at the key and found none. */
  async obtain<T>(wanted: Wanted<T>, { gate, launchedBefore }: Arrival, first: Look): Promise<T> {
    const { outer } = wanted;
    for (let look = first; ; look = await this.lookAgain(wanted, gate)) {
      const { reading, lastBefore, looksBefore } = look;
      const { hit, spare, seen, isUnanswered } = reading;
      if (hit) return hit.value as T;
      const request: MakeRequest<T> = { ...wanted, seen, isUnanswered };
      if (reading.isDoomed) return await this.makeAlone(request);
      // A flight that has ended since this caller arrived has brought the value it needs.
      const last = (gate.joinable ?? (gate.ended === lastBefore ? undefined : gate.ended)) as Flight<T> | undefined;
      const other = isUnanswered || last?.mayServe(seen, looksBefore) ? last : undefined;
      if (!other) {
        if (!spare) return await this.launch(request).own();
        if (await this.hasJustFailed(spare, request)) return this.give(spare, request) as T;
        if (gate.joinable && gate.joinable !== last) continue;
        return await this.refreshOrGive(spare, request);
      }
      if (this.wouldCircle(other, request)) return await this.makeAlone(request);
      // However long its factory takes, or if it fails: neither justifies a copy that was invalidated meanwhile.
      if (spare?.isStale && other === gate.current && (await this.isOvertaken(other, spare, request, launchedBefore))) {
        if (gate.current !== other) continue;
        return await this.refreshOrGive(spare, request);
      }
      wanted.source.stepAside?.();
      const wait = outer && new Wait(outer, other.computation);
      try {
        const joined = await this.join(other, spare, request, { launchedBefore, looksBefore });
        if (joined) return joined.value;
      } catch (error) {
        if (error === unshared) return await this.makeAlone(request);
        throw error;
      } finally {
        wait?.end();
      }
    }
  }

  private wouldCircle(other: Flight, { id, outer }: Asked): boolean {
    return outer !== undefined && (outer.isNeededFor(this.cache, id) || !outer.mayJoin(other.computation));
  }

  /** The value of another caller's flight; `undefined` if the key is to be read again. */
  private async join<T>(
    flight: Flight<T>,
    spare: Spare | undefined,
    request: MakeRequest<T>,
    { launchedBefore, looksBefore }: Moment,
  ): Promise<{ readonly value: T } | undefined> {
    const { options, endsAt, seen, isUnanswered } = request;
    // A tag may have been invalidated between the start of that flight and this call, if that can be known.
    const isForCaller = async (): Promise<boolean> =>
      isUnanswered ||
      (flight.mayServe(seen, looksBefore) &&
        (flight.number > launchedBefore || (await this.isCurrent(flight, request))));
    const softMs = spare ? Math.max(0, options.softMs - flight.ageMs) : Infinity;
    const waitMs = Math.min(softMs, endsAt - performance.now(), flight.patienceLeftMs);
    let value: T;
    try {
      value = await this.deadlines.within(isUnanswered ? flight.unstoredCopy() : flight.copy(), waitMs, () => {
        throw late;
      });
    } catch (error) {
      const isOverdue = error === late || flight.isGivenUp;
      if (spare) return isOverdue || (await isForCaller()) ? { value: this.give(spare, request) as T } : undefined;
      if (!isOverdue) throw error;
      return this.outwait(flight, request);
    }
    if (!(await isForCaller())) return undefined;
    if (!options.schema) return { value };
    const output = outputOf(value, options.schema);
    return {
      value: await this.deadlines.within(output, endsAt - performance.now(), () => {
        throw tooLate(request.key.name, options.hardMs);
      }),
    };
  }

  /** While the factory of a late flight continues, no other starts beside it. */
  private async outwait(flight: Flight, { key, options, endsAt }: Asked): Promise<undefined> {
    const leftMs = endsAt - performance.now();
    if (flight.isGivenUp) await this.deadlines.within(flight.ended, leftMs, () => undefined);
    if (performance.now() >= endsAt) throw tooLate(key.name, options.hardMs);
  }

  private async lookAgain<T>({ key, options, endsAt, source }: Wanted<T>, gate: Gate): Promise<Look> {
    const lastBefore = gate.ended;
    const looksBefore = this.flights.looks;
    return { reading: await this.reader.read(source.commands, key, options, endsAt), lastBefore, looksBefore };
  }

  private isCurrent(flight: Flight, asked: Asked): Promise<boolean> {
    return this.answerTo(flight.isCurrent(), true, asked);
  }

  /** Whether a tag was invalidated between the start of that flight and this call. */
  private async isOvertaken(flight: Flight, { tags }: Spare, asked: Asked, launchedBefore: number): Promise<boolean> {
    return flight.number <= launchedBefore && this.answerTo(flight.isOvertaken(tags), false, asked);
  }

  private answerTo(
    question: Promise<boolean>,
    whereNobodyTells: boolean,
    { key, options, endsAt }: Asked,
  ): Promise<boolean> {
    const answer = question.catch((error) => {
      // The outage is to be ignored.
      if (this.reader.forgives(error, options)) return whereNobodyTells;
      throw error;
    });
    return this.deadlines.within(answer, endsAt - performance.now(), () => {
      throw tooLate(key.name, options.hardMs);
    });
  }

  /**
   * Whether it is too early for another try: since the last one, nothing that the stale copy depends on was
   * invalidated.
   */
  private async hasJustFailed({ isStale, tags }: Spare, request: Asked): Promise<boolean> {
    const flight = this.failed.get(request.id);
    if (!flight || !isStale) return flight !== undefined;
    return tags.every(([tag]) => request.options.tags.includes(tag)) && (await this.isCurrent(flight, request));
  }

  private async refreshOrGive<T>(spare: Spare, request: MakeRequest<T>): Promise<T> {
    const { softMs, graceMs } = request.options;
    const made = this.refresh(request, spare)
      .own()
      .then(
        (value): { readonly value: T } => ({ value }),
        () => undefined,
      );
    const inTime = await this.deadlines.within(made, softMs, () => undefined);
    if (inTime) return inTime.value;
    return this.give(graceMs > 0 ? await this.another(spare, request) : spare, request) as T;
  }

  /** Another copy: the factory has got this one, and may change it, or store what its caller has changed. */
  private another(spare: Spare, { key, options: { schema }, endsAt }: Asked): Spare | Promise<Spare> {
    if (typeof spare.value !== 'object' || spare.value === null) return spare;
    const copying = async (): Promise<Spare> => {
      const stored = await this.executor.context.salvageAt(key, spare.data);
      const value = schema ? await match(schema, stored) : stored;
      return value === undefined || value instanceof Mismatch ? spare : { ...spare, value };
    };
    return this.deadlines.within(copying(), endsAt - performance.now(), () => spare);
  }

  private give({ value, isStale }: Spare, { key, options: { onStale } }: Asked): unknown {
    if (isStale) {
      this.executor.counters.gaveStale(key);
      onStale?.();
    }
    return value;
  }

  private refresh<T>(request: MakeRequest<T>, spare: Spare): Flight<T> {
    const flight = this.launch(request, spare);
    flight.outcome.catch((error: unknown) => {
      this.failed.set(request.id, flight);
      const what = quoted(request.key.name);
      request.source.logger.warn(`Could not refresh ${what}; serving its stale copy: ${errorText(error)}`);
    });
    return flight;
  }

  private launch<T>(request: MakeRequest<T>, spare?: Spare): Flight<T> {
    return this.flights.launch(request.id, (slot) => this.maker.launch(slot, request, spare));
  }

  /** For a caller who must not wait for another's flight, or cannot share its value; nothing is stored. */
  async makeAlone<T>(request: Wanted<T>): Promise<T> {
    const { id, key, outer } = request;
    if (outer && outer.depthOf(this.cache, id) > deepest) {
      throw new RangeError(`The factory of ${quoted(key.name)} calls getOrSet for its own key again and again`);
    }
    const alone: MakeRequest<T> = { ...request, isUnanswered: true };
    return this.flights.launchAlone((slot) => this.maker.launch(slot, alone)).own();
  }
}
