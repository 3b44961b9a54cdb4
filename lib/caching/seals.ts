import type { Generation } from '../tags/generation.js';
import type { Tags } from '../tags/tags.js';
import type { ResolvedGetOrSet } from './get-or-set.options.js';
import { Seal } from './seal.js';

/** Takes the seals of a cache's values. */
export class Seals {
  /** Whether a factory has called `setTags`: others may, too. */
  haveFactoriesTags = false;
  private firstGeneration: Promise<Generation | undefined> | undefined;

  constructor(private readonly tags: Tags) {}

  /** Before the factory runs. */
  take(options: ResolvedGetOrSet): Promise<Seal> {
    const { tags } = this;
    const { setsTags = this.haveFactoriesTags || undefined } = options;
    if (setsTags === undefined) return Seal.prepare(tags, options, undefined, () => this.earlier());
    return Seal.prepare(tags, options, setsTags ? () => tags.generation() : undefined);
  }

  /**
   * The generation before the first factory ran. Few factories call `setTags`: asking before each of them would waste a
   * round trip. If the server does not answer, the waiting values are not stored, and nobody asks again.
   */
  private earlier(): Promise<Generation | undefined> {
    this.firstGeneration ??= this.tags.generation().catch((error) => {
      this.firstGeneration = Promise.resolve(undefined);
      throw error;
    });
    return this.firstGeneration;
  }
}
