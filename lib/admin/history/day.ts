import { add, type Column, column, type Figures, noFigures, rowLength } from './figures.js';

export const minuteMs = 60_000;
export const minutesAnHour = 60;
const hoursKept = 25;

export const minuteOf = (ms: number): number => Math.floor(ms / minuteMs);
export const hourOf = (minute: number): number => Math.floor(minute / minutesAnHour);

/** The rows of an hour, one after another. */
export type Hour = Uint32Array;

export const noHour = (): Hour => new Uint32Array(minutesAnHour * rowLength);

export function rowIn(hour: Hour, minute: number): Figures {
  const at = (minute % minutesAnHour) * rowLength;
  return hour.subarray(at, at + rowLength);
}

/** The last 24 hours by minute. An hour with activity takes 8 KB. */
export class Day {
  private readonly hours: Map<number, Hour>;

  constructor(hours: Iterable<readonly [number, Hour]> = []) {
    this.hours = new Map(hours);
  }

  /** Copies the last hour, so that changes to the copy do not affect the original. */
  copy(): Day {
    const newest = Math.max(...this.hours.keys());
    return new Day(Array.from(this.hours, ([number, hour]) => [number, number === newest ? hour.slice() : hour]));
  }

  /** Whether it has no figures. */
  get isEmpty(): boolean {
    return this.hours.size === 0;
  }

  add(minute: number, figures: Figures): void {
    const number = hourOf(minute);
    let hour = this.hours.get(number);
    if (!hour) this.hours.set(number, (hour = noHour()));
    add(rowIn(hour, minute), figures);
  }

  put(number: number, hour: Hour): void {
    this.hours.set(number, hour);
  }

  has(number: number): boolean {
    return this.hours.has(number);
  }

  forget(minute: number): void {
    for (const hour of this.hours.keys()) if (hour <= hourOf(minute) - hoursKept) this.hours.delete(hour);
  }

  /** The highest value of one minute in the range. */
  most(from: number, to: number, what: Column): number {
    const minutes = Array.from({ length: to - from }, (_, index) => this.sum(from + index, from + index + 1));
    return Math.max(...minutes.map((figures) => figures[column[what]]!));
  }

  /** The sum of the minutes `from … to - 1`. */
  sum(from: number, to: number): Figures {
    const sum = noFigures();
    for (let minute = from; minute < to; minute++) {
      const hour = this.hours.get(hourOf(minute));
      if (hour) add(sum, rowIn(hour, minute));
    }
    return sum;
  }
}
