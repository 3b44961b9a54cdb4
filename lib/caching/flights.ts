import type { Flight } from './flight.js';

/** The callers that are at a key, and the flight that they wait for. */
export class Gate {
  callers = 0;
  /** Under way. */
  current: Flight | undefined;
  /** The last that has ended. */
  ended: Flight | undefined;
}

/** At most one flight per key at a time; keys that nobody is at take no memory. */
export class Flights {
  /** How many there have been. */
  started = 0;
  private readonly gates = new Map<string, Gate>();

  get size(): number {
    return this.gates.size;
  }

  /** Comes to a key; to be left again. */
  enter(key: string): Gate {
    let gate = this.gates.get(key);
    if (!gate) this.gates.set(key, (gate = new Gate()));
    gate.callers++;
    return gate;
  }

  leave(key: string, gate: Gate): void {
    if (--gate.callers === 0) this.gates.delete(key);
  }

  start(key: string, take: (number: number) => Flight): Flight {
    const gate = this.enter(key);
    const flight = take(++this.started);
    gate.current = flight;
    const land = (): void => {
      gate.current = undefined;
      gate.ended = flight;
      this.leave(key, gate);
    };
    flight.outcome.then(land, land);
    return flight;
  }

  abortAll(reason: Error): void {
    for (const gate of this.gates.values()) gate.current?.abort(reason);
  }
}
