import { type Key, WireKey } from '../../command-model/command.js';
import type { FaultListener, LookupListener } from '../../observability/counters.js';
import { others } from './days.js';
import { addTime, column, type Column, type Figures, noFigures } from './figures.js';

/** Kinds of keys that are told apart within a minute: beyond that, names are no prefixes of anything. */
const mostKinds = 300;
const longestPrefix = 100;
/** Look-ups of a cache that are looked at in a second; what they are like stands for all of them. */
const samples = 500;

/** `user:` of `user:17:name`. */
export function prefixOf(name: string): string {
  const end = name.indexOf(':') + 1;
  return end === 0 || end > longestPrefix || !name.isWellFormed() ? others : name.slice(0, end);
}

/** What happens to the keys of a cache in a minute, by their prefixes. */
export class Kinds implements LookupListener, FaultListener {
  private figures = new Map<string, Figures>();
  /** Look-ups of this second, hits and misses by prefix. */
  private seen = new Map<string, [hits: number, misses: number]>();
  private count = 0;

  /** @param enough is called when no more are to be told */
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

  /** A command about these keys was answered. */
  answered(keys: readonly Key[], ms: number): void {
    const prefixes = new Set(keys.map((key) => this.prefixOf(key)));
    const [prefix, ...more] = prefixes;
    if (prefix !== undefined && more.length === 0) addTime(this.of(prefix), ms);
  }

  /** The second is over, in which that many keys were looked up. */
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

  /** The minute so far; the next one begins. */
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

  /** The library's own keys have names that nobody knows. */
  private prefixOf(key: Key): string {
    if (key instanceof WireKey) return others;
    const prefix = prefixOf(key.name);
    return this.figures.has(prefix) || this.seen.has(prefix) || this.figures.size + this.seen.size < mostKinds
      ? prefix
      : others;
  }
}
