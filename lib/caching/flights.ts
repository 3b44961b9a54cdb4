import type { Place } from '../arguments/scope.js';
import type { Flight } from './flight.js';

/** The callers at a key, and the flight that they wait for. */
export class Gate {
  callers = 0;
  /** Under way. */
  current: Flight | undefined;
  /** Of the flights that have ended, the one that began last. */
  ended: Flight | undefined;
  /** The number of the last flight whose value was stored. */
  stored = 0;

  /** The current flight, unless it hangs. */
  get joinable(): Flight | undefined {
    return this.current?.isHung ? undefined : this.current;
  }
}

/** A flight, as views show it. */
export interface FlightFacts {
  readonly key: string;
  readonly place: Place;
  readonly ageMs: number;
  /** The number of callers that wait for it; none if it refreshes a stale copy. */
  readonly callers: number;
  /** Its callers were told that it is late, though the factory may continue. */
  readonly isGivenUp: boolean;
  readonly isHung: boolean;
}

/** One flight per key at a time, unless one hangs; keys without callers take no memory. */
export class Flights {
  /** The number of flights so far. */
  launched = 0;
  /** How often flights have looked at their keys. */
  looks = 0;
  private readonly gates = new Map<string, Gate>();
  private readonly underWay = new Set<Flight>();

  get size(): number {
    return this.gates.size;
  }

  /** Enters a key; must be followed by `leave`. */
  enter(key: string): Gate {
    let gate = this.gates.get(key);
    if (!gate) this.gates.set(key, (gate = new Gate()));
    gate.callers++;
    return gate;
  }

  leave(key: string, gate: Gate): void {
    if (--gate.callers === 0) this.gates.delete(key);
  }

  launch<F extends Flight>(key: string, launch: (slot: Slot) => F): F {
    const gate = this.enter(key);
    const flight = launch(new Slot(this, ++this.launched, key, gate));
    gate.current = flight;
    this.underWay.add(flight);
    return flight;
  }

  /** A flight that no other caller joins. */
  launchAlone<F extends Flight>(launch: (slot: Slot) => F): F {
    const flight = launch(new Slot(this, ++this.launched));
    this.underWay.add(flight);
    return flight;
  }

  /** No new caller may wait for it. */
  landed(flight: Flight, key: string | undefined, gate: Gate | undefined): void {
    this.underWay.delete(flight);
    if (key === undefined || !gate) return;
    if (gate.current === flight) gate.current = undefined;
    if (!gate.ended || gate.ended.number < flight.number) gate.ended = flight;
    this.leave(key, gate);
  }

  /** The flights under way, the oldest first. */
  get facts(): FlightFacts[] {
    const callers = new Map(Array.from(this.gates.values(), (gate) => [gate.current, gate.callers]));
    return Array.from(this.underWay, (flight) => {
      const { key, place, ageMs, isGivenUp, isHung } = flight;
      // The flight itself counts at its gate, too.
      return { key, place, ageMs, callers: (callers.get(flight) ?? 2) - 1, isGivenUp, isHung };
    });
  }

  abortAll(reason: Error): void {
    for (const flight of this.underWay) flight.abort(reason);
  }
}

/** What a flight needs to know about the others. */
export class Slot {
  constructor(
    private readonly flights: Flights,
    readonly number: number,
    /** Left out for a flight that no other caller joins. */
    private readonly key?: string,
    private readonly gate?: Gate,
  ) {}

  /** Whether there is another caller at the key: the flight and its caller count, too. */
  get isAwaited(): boolean {
    return this.gate !== undefined && this.gate.callers > 2;
  }

  /** Checked before its value is stored: whether no later flight has stored one already. */
  mayStore(): boolean {
    const { gate, number } = this;
    if (!gate || gate.stored > number) return false;
    gate.stored = number;
    return true;
  }

  /** The number of a look at the key that its value depends on: increasing, for all keys. */
  look(): number {
    return ++this.flights.looks;
  }

  land(flight: Flight): void {
    this.flights.landed(flight, this.key, this.gate);
  }
}
