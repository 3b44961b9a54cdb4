import { type Key, WireKey } from '../../command-model/command.js';
import type { FaultListener, LookupListener } from '../../observability/counters.js';
import { others } from './days.js';
import { addTime, column, type Column, type Figures, noFigures } from './figures.js';

/** Limits the kinds of keys in a minute: beyond it, the names do not form prefixes. */
const mostKinds = 300;
const longestPrefix = 100;
/** Sampled look-ups per second and cache; the rest is extrapolated. */
const samples = 500;

/** Returns `user:` for `user:17:name`. */
export function prefixOf(name: string): string {
  const end = name.indexOf(':') + 1;
  return end === 0 || end > longestPrefix || !name.isWellFormed() ? others : name.slice(0, end);
}

/** Counts the events of a cache in a minute by key prefix. */
export class Kinds implements LookupListener, FaultListener {
  private figures = new Map<string, Figures>();
  /** Look-ups of this second, hits and misses by prefix. */
  private seen = new Map<string, [hits: number, misses: number]>();
  private count = 0;

  /** @param enough is called when the sample is complete */
  constructor(private readonly enough: () => void) {}

  lookedUp(key: Key, isFound: boolean): void {
    const prefix = this.prefixOf(key);
    let seen = this.seen.get(prefix);
    if (!seen) this.seen.set(prefix, (seen = [0, 0]));
    seen[isFound ? 0 : 1]++;
    if (++this.count >= samples) this.enough();
  }

  gaveStale(key: Key): void {
    this.tell(key, 'stale');
  }

  failed(key: Key | undefined): void {
    if (key) this.tell(key, 'errors');
  }

  /** Records the reply to a command about these keys. */
  answered(keys: readonly Key[], ms: number): void {
    const prefixes = new Set(keys.map((key) => this.prefixOf(key)));
    const [prefix, ...more] = prefixes;
    if (prefix !== undefined && more.length === 0) addTime(this.of(prefix), ms);
  }

  /** Ends a second and scales its sample up to that number of look-ups. */
  scale(lookups: number): void {
    const factor = this.count === 0 ? 0 : lookups / this.count;
    for (const [prefix, [hits, misses]] of this.seen) {
      const figures = this.of(prefix);
      figures[column.hits]! += Math.round(hits * factor);
      figures[column.misses]! += Math.round(misses * factor);
    }
    this.seen = new Map();
    this.count = 0;
  }

  /** Returns the figures of the minute and starts the next one. */
  take(): ReadonlyMap<string, Figures> {
    const { figures } = this;
    this.figures = new Map();
    return figures;
  }

  get soFar(): ReadonlyMap<string, Figures> {
    return this.figures;
  }

  private tell(key: Key, what: Column): void {
    this.of(this.prefixOf(key))[column[what]]!++;
  }

  private of(prefix: string): Figures {
    let figures = this.figures.get(prefix);
    if (!figures) this.figures.set(prefix, (figures = noFigures()));
    return figures;
  }

  /** The names of the library's own keys mean nothing to users. */
  private prefixOf(key: Key): string {
    if (key instanceof WireKey) return others;
    const prefix = prefixOf(key.name);
    return this.figures.has(prefix) || this.seen.has(prefix) || this.figures.size + this.seen.size < mostKinds
      ? prefix
      : others;
  }
}
