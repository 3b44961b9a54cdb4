import type { Generation } from '../tags/generation.js';
import type { Tags } from '../tags/tags.js';
import type { ResolvedGetOrSet } from './get-or-set.options.js';
import { Seal } from './seal.js';

/** Takes the seals of a cache's values. */
export class Seals {
  /** Whether a factory has called `setTags`: others may, too. */
  haveFactoriesTags = false;
  /** The generation before the first factory ran, once that is known. */
  private first: { readonly generation: Generation | undefined } | undefined;
  private asking: Promise<Generation | undefined> | undefined;

  constructor(private readonly tags: Tags) {}

  /** Before the factory runs; a promise only if the server has to be asked. */
  take(options: ResolvedGetOrSet): Seal | Promise<Seal> {
    const { tags, first } = this;
    const { setsTags = this.haveFactoriesTags || undefined } = options;
    if (setsTags) return Seal.prepare(tags, options, () => tags.generation());
    const isAsking = setsTags === undefined;
    if (options.tags.length === 0 && (first || !isAsking))
      return new Seal(tags, options, [], undefined, isAsking ? first?.generation : undefined);
    return Seal.prepare(tags, options, undefined, isAsking ? async () => this.earlier() : undefined);
  }

  /**
   * The generation before the first factory ran. Few factories call `setTags`: asking before each of them would waste a
   * round trip. If the server does not answer, the waiting values are not stored, and nobody asks again.
   */
  private earlier(): Generation | undefined | Promise<Generation | undefined> {
    if (this.first) return this.first.generation;
    return (this.asking ??= this.tags.generation().then(
      (generation) => (this.first = { generation }).generation,
      (error) => {
        this.first = { generation: undefined };
        throw error;
      },
    ));
  }
}
