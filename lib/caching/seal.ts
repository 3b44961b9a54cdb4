import type { Encoded } from '../codec/codec.types.js';
import { headOf, sealEnvelope, type Stamp } from '../codec/envelope.js';
import type { FactoryRun } from './factory-run.js';
import { type Generation, isUnchanged } from '../tags/generation.js';
import type { Plan } from './get-or-set.options.js';
import { entryTags, type Tags } from '../tags/tags.js';

/** What has to be known before a factory runs, to tell afterwards that its value is not out of date already. */
export class Seal {
  private isOutdated = false;

  private constructor(
    private readonly tags: Tags,
    private readonly plan: Plan,
    private stamps: readonly Stamp[],
    private readonly generation: Generation | undefined,
  ) {}

  /** `mayTag`: whether the factory may name tags that nobody knows yet. */
  static async prepare(tags: Tags, plan: Plan, mayTag: boolean): Promise<Seal> {
    const [stamps, generation] = await Promise.all([
      tags.take(plan.tags, keptMs(plan.ms, plan)),
      mayTag ? tags.generation() : undefined,
    ]);
    return new Seal(tags, plan, stamps, generation);
  }

  /** The bytes to be stored, and for how long; `undefined` where the value may be out of date. */
  async close(data: Encoded, run: FactoryRun): Promise<{ data: Encoded; ms: number | null } | undefined> {
    const { plan } = this;
    const ms = shortened(run.ms, plan.jitterMs);
    const lifeMs = keptMs(ms, plan);
    await this.stamp(run, lifeMs);
    if (this.isOutdated) return undefined;
    // Decimal text is a number, with which somebody may want to count.
    const grace = ms === null ? 0 : plan.graceMs + (typeof data === 'string' ? 0 : (plan.stampede?.bufferMs ?? 0));
    const isPlain = grace === 0 && this.stamps.length === 0;
    const head = headOf({ grace, tags: this.stamps, endless: ms === null });
    return { data: isPlain ? data : sealEnvelope(head, data), ms: ms ? ms + grace : ms };
  }

  /** Whether none of the tags has been invalidated since before the factory ran. */
  async isCurrent(run: FactoryRun): Promise<boolean> {
    const stamped = new Set(this.stamps.map(([tag]) => tag));
    return !this.isOutdated && run.tags.every((tag) => stamped.has(tag)) && this.tags.areCurrent(this.stamps);
  }

  /**
   * Whether one of the tags, those of the old value included, is known to have been invalidated since before the factory
   * ran. Tags that only the factory names share what tells so with others.
   */
  async isOvertaken(run: FactoryRun, old: readonly Stamp[]): Promise<boolean> {
    if (this.isOutdated || (await this.tags.areInvalidated(this.stamps))) return true;
    const stamped = new Set(this.stamps.map(([tag]) => tag));
    const others = [...run.tags, ...old.map(([tag]) => tag)].filter((tag) => !stamped.has(tag));
    if (others.length === 0 || !this.generation) return false;
    return !isUnchanged(this.generation, await this.tags.generation(), others);
  }

  private async stamp({ tags, ms }: FactoryRun, lifeMs: number | null): Promise<void> {
    if (ms !== this.plan.ms) await this.tags.extend(this.stamps, lifeMs);
    const own = tags.filter((tag) => !this.plan.tags.includes(tag));
    if (own.length === 0 && this.stamps.length === 0) return;
    entryTags([...this.plan.tags, ...own]);
    // In this order: an invalidation is either seen below, or makes the stamps worth nothing.
    const stamps = await this.tags.take(own, lifeMs);
    const verdicts = await Promise.all([this.tags.areCurrent(this.stamps), own.length === 0 || this.areUnchanged(own)]);
    this.isOutdated = verdicts.includes(false);
    this.stamps = [...this.stamps, ...stamps];
  }

  /** Since before the factory ran. */
  private async areUnchanged(tags: readonly string[]): Promise<boolean> {
    if (this.generation) return isUnchanged(this.generation, await this.tags.generation(), tags);
    throw new TypeError('its factory is the first to call setTags without a declared parameter: write (context) => …');
  }
}

/** How long the server keeps what has this timeout, at most. */
function keptMs(ms: number | null, { stampede, graceMs }: Plan): number | null {
  return ms ? ms + graceMs + (stampede?.bufferMs ?? 0) : ms;
}

function shortened(ms: number | null, jitterMs: number): number | null {
  return ms ? Math.max(1, Math.round(ms - Math.random() * jitterMs)) : ms;
}
