import type { Place } from '../arguments/scope.js';
import type { Stamp } from '../codec/envelope.js';
import type { Key } from '../command-model/command.js';
import { Surroundings } from '../waiting/surroundings.js';
import { Deferral, type PatternEviction } from './deferral.js';

/** What keys and patterns are called on the server. */
interface WireNames {
  wireName(key: Key): string;
  pattern(pattern: string, version: Place): string;
}

/** Which evictions of a cache wait for the end of a function, and what they mean for those who read meanwhile. */
export class Evictions {
  private readonly deferrals = new Surroundings<Deferral>();

  constructor(private readonly names: WireNames) {}

  /** Whether any are deferred, be it for others: to be asked first, as it costs nothing. */
  get isOn(): boolean {
    return this.deferrals.isOn;
  }

  /** Whether those of the calling code are. */
  get isDeferring(): boolean {
    return this.isOn && this.current !== undefined;
  }

  /** Whether the keys are to be evicted later. */
  deferKeys(keys: readonly Key[]): boolean {
    const deferral = this.isOn ? this.current : undefined;
    for (const key of keys) deferral?.addKey(this.names.wireName(key), key);
    return deferral !== undefined;
  }

  /** Whether what the pattern matches is to be evicted later. */
  deferPattern(eviction: PatternEviction): boolean {
    const deferral = this.isOn ? this.current : undefined;
    deferral?.addPattern(this.names.pattern(eviction.pattern, eviction.version), eviction);
    return deferral !== undefined;
  }

  /** Whether the tags are to be invalidated later. */
  deferTags(tags: readonly string[]): boolean {
    const deferral = this.isOn ? this.current : undefined;
    deferral?.addTags(tags);
    return deferral !== undefined;
  }

  /** Whether the key counts as gone for this caller, or what carries one of the tags. */
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
   * Gives what the function gives, once `evict` has done what it was to evict; nothing is evicted where it throws. Within
   * another function whose evictions are deferred, they wait for the end of that one.
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

  /** What a function has begun may go on after its end. */
  private get current(): Deferral | undefined {
    let deferral = this.deferrals.current;
    while (deferral?.isOver) deferral = deferral.outer;
    return deferral;
  }
}
