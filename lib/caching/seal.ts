import type { Encoded } from '../codec/codec.types.js';
import { headOf, sealEnvelope, type Stamp } from '../codec/envelope.js';
import type { FactoryRun } from './factory-run.js';
import { type Generation, isUnchanged } from '../tags/generation.js';
import type { ResolvedGetOrSet } from './get-or-set.options.js';
import type { Tags } from '../tags/tags.js';
import { withinLimits } from '../tags/tag-arguments.js';

/** The bytes of an entry, and how long the server keeps them. */
interface Closed {
  readonly data: Encoded;
  readonly ms: number | null;
}

/** What must be known before a factory runs, to tell afterwards whether its value is out of date. */
export class Seal {
  private isOutdated = false;

  constructor(
    private readonly tags: Tags,
    private readonly options: ResolvedGetOrSet,
    private stamps: readonly Stamp[],
    private readonly generation: Generation | undefined,
    /** An earlier one, if this run has none: what has changed since may have changed long ago. */
    private readonly earlier: Generation | undefined,
  ) {}

  /** The generations cover tags that only the factory names. */
  static async prepare(
    tags: Tags,
    options: ResolvedGetOrSet,
    generation?: () => Promise<Generation>,
    earlier?: () => Promise<Generation | undefined>,
  ): Promise<Seal> {
    const stamps = tags.take(options.tags, keptMs(options.ms, options));
    return new Seal(tags, options, ...(await Promise.all([stamps, generation?.(), earlier?.()])));
  }

  /** The bytes to store, and for how long; `undefined` if the value may be out of date. A promise only with tags. */
  close(data: Encoded, run: FactoryRun): Closed | undefined | Promise<Closed | undefined> {
    const { options } = this;
    const ms = shortened(run.ms, options.jitterMs);
    if (run.tags.length === 0 && this.stamps.length === 0) return this.closed(data, ms);
    return this.stamp(run, keptMs(ms, options)).then(() => this.closed(data, ms));
  }

  private closed(data: Encoded, ms: number | null): Closed | undefined {
    const { options } = this;
    if (this.isOutdated) return undefined;
    // Decimal text is a number, which may be used as a counter.
    const grace =
      ms === null ? 0 : options.graceMs + (typeof data === 'string' ? 0 : (options.stampede?.bufferMs ?? 0));
    if (grace === 0 && this.stamps.length === 0) return { data, ms };
    const head = headOf({ grace, tags: this.stamps, endless: ms === null });
    return { data: sealEnvelope(head, data), ms: ms ? ms + grace : ms };
  }

  /** Whether none of the tags was invalidated since before the factory ran. */
  async isCurrent(run: FactoryRun): Promise<boolean> {
    const stamped = new Set(this.stamps.map(([tag]) => tag));
    return !this.isOutdated && run.tags.every((tag) => stamped.has(tag)) && this.tags.areCurrent(this.stamps);
  }

  /**
   * Whether one of the tags, including those of the old value, is known to have been invalidated since before the
   * factory ran. Tags that only the factory names share a field with others.
   */
  async isOvertaken(run: FactoryRun, old: readonly Stamp[]): Promise<boolean> {
    if (this.isOutdated || (await this.tags.areInvalidated(this.stamps))) return true;
    const stamped = new Set(this.stamps.map(([tag]) => tag));
    const others = [...run.tags, ...old.map(([tag]) => tag)].filter((tag) => !stamped.has(tag));
    if (others.length === 0 || !this.generation) return false;
    return !isUnchanged(this.generation, await this.tags.generation(), others);
  }

  private async stamp({ tags, ms }: FactoryRun, lifeMs: number | null): Promise<void> {
    if (ms !== this.options.ms) await this.tags.extend(this.stamps, lifeMs);
    const own = tags.filter((tag) => !this.options.tags.includes(tag));
    if (own.length === 0 && this.stamps.length === 0) return;
    withinLimits([...this.options.tags, ...own]);
    // In this order: an invalidation is either seen below, or makes the stamps worthless.
    const stamps = await this.tags.take(own, lifeMs);
    const verdicts = await Promise.all([this.tags.areCurrent(this.stamps), own.length === 0 || this.areUnchanged(own)]);
    this.isOutdated = verdicts.includes(false);
    this.stamps = [...this.stamps, ...stamps];
  }

  /** Since before the factory ran. */
  private async areUnchanged(tags: readonly string[]): Promise<boolean> {
    const before = this.generation ?? this.earlier;
    if (before) return isUnchanged(before, await this.tags.generation(), tags);
    throw new TypeError('its factory called setTags without the option for it: pass setsTags: true');
  }
}

/** How long the server keeps an entry with this timeout, at most. */
function keptMs(ms: number | null, { stampede, graceMs }: ResolvedGetOrSet): number | null {
  return ms ? ms + graceMs + (stampede?.bufferMs ?? 0) : ms;
}

function shortened(ms: number | null, jitterMs: number): number | null {
  return ms ? Math.max(1, Math.round(ms - Math.random() * jitterMs)) : ms;
}
