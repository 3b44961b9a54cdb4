import type { Place } from '../arguments/scope.js';
import type { Stamp } from '../codec/envelope.js';
import type { Key } from '../command-model/command.js';
import { Surroundings } from '../waiting/surroundings.js';
import { Deferral, type PatternEviction } from './deferral.js';

/** The server's names of keys and patterns. */
interface WireNames {
  wireName(key: Key): string;
  pattern(pattern: string, version: Place): string;
}

/** The evictions of a cache that wait for the end of a function, and their effect on reads meanwhile. */
export class Evictions {
  private readonly deferrals = new Surroundings<Deferral>();

  constructor(private readonly names: WireNames) {}

  /** Whether anybody defers evictions: ask this first, it costs nothing. */
  get isOn(): boolean {
    return this.deferrals.isOn;
  }

  /** Whether the calling code defers evictions. */
  get isDeferring(): boolean {
    return this.isOn && this.current !== undefined;
  }

  /** Whether the keys will be evicted later. */
  deferKeys(keys: readonly Key[]): boolean {
    const deferral = this.isOn ? this.current : undefined;
    for (const key of keys) deferral?.addKey(this.names.wireName(key), key);
    return deferral !== undefined;
  }

  /** Whether the keys that match will be evicted later. */
  deferPattern(eviction: PatternEviction): boolean {
    const deferral = this.isOn ? this.current : undefined;
    deferral?.addPattern(this.names.pattern(eviction.pattern, eviction.version), eviction);
    return deferral !== undefined;
  }

  /** Whether the tags will be invalidated later. */
  deferTags(tags: readonly string[]): boolean {
    const deferral = this.isOn ? this.current : undefined;
    deferral?.addTags(tags);
    return deferral !== undefined;
  }

  /** Whether the key, or an entry with one of the tags, counts as gone for this caller. */
  dooms(key: Key, tags: readonly string[] = []): boolean {
    const deferral = this.isOn ? this.current : undefined;
    return deferral !== undefined && (deferral.dooms(this.names.wireName(key)) || this.doomsTags(tags));
  }

  doomsTags(tags: readonly string[]): boolean {
    const deferral = this.isOn ? this.current : undefined;
    return deferral !== undefined && tags.some((tag) => deferral.doomsTag(tag));
  }

  doomsStamped(stamps: readonly Stamp[]): boolean {
    return this.doomsTags(stamps.map(([tag]) => tag));
  }

  /**
   * Returns the function's result after `evict` has done the deferred evictions; if the function throws, nothing is
   * evicted. Inside another function whose evictions are deferred, they wait for the end of that one.
   */
  async deferIn<T>(fn: () => T | Promise<T>, evict: (deferral: Deferral) => Promise<unknown>): Promise<T> {
    const deferral = new Deferral(this.current);
    let result: T;
    try {
      result = await this.deferrals.run(deferral, async () => fn());
    } finally {
      deferral.isOver = true;
    }
    const { current } = this;
    if (current) current.take(deferral);
    else await evict(deferral);
    return result;
  }

  /** Work that a function has started may continue after its end. */
  private get current(): Deferral | undefined {
    let deferral = this.deferrals.current;
    while (deferral?.isOver) deferral = deferral.outer;
    return deferral;
  }
}
