import type { Version } from '../arguments/version.js';
import { CacheEvictOperation } from './operations/cache-evict.operation.js';
import type { ConditionOption, TextOption, TextsOption } from './options/call-option.js';
import { decorate } from './decorate.js';
import type { OfArguments, TypedMethodDecorator } from './options/typed-method-decorator.js';

/** What {@link CacheEvict} removes, and when: one of `key`, `keys`, `pattern`, `tags` and `all` at least. @publicApi */
export interface CacheEvictOptions<
  Key extends OfArguments<string> = OfArguments<string>,
  Keys extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Pattern extends OfArguments<string> = OfArguments<string>,
  Tags extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean> = OfArguments<boolean>,
> {
  /** A function of the method's arguments, a template, or `fromContext(…)`. */
  readonly key?: TextOption<Key>;
  /** Templates, a function of the method's arguments, or `fromContext(…)`. */
  readonly keys?: TextsOption<Keys>;
  /** All keys that match, as with `deletePattern`. What a template puts in is taken literally. */
  readonly pattern?: TextOption<Pattern>;
  /** All entries that carry one of them, as with `invalidateTags`. */
  readonly tags?: TextsOption<Tags>;
  /** All keys of the cache, as with `clear`. */
  readonly all?: true;
  /** `'before'` the method runs, or `'after'` it has succeeded (`'after'`). */
  readonly when?: 'before' | 'after';
  /** Where it gives `false` nothing is removed. */
  readonly condition?: ConditionOption<Condition>;
  /** Instead of the cache's version. */
  readonly version?: Version;
  /** The name of the cache; the default one where left out. */
  readonly cache?: string;
}

/**
 * Removes what the method makes out of date. While Redis is away the call fails, unless the cache ignores exceptions:
 * what is out of date would stay otherwise, and nobody would know.
 *
 * @publicApi
 * @example
 * @CacheEvict({ key: (id: string) => `product:${id}`, tags: ['products'] })
 * async remove(id: string): Promise<void> { … }
 */
export function CacheEvict<
  Key extends OfArguments<string>,
  Keys extends OfArguments<readonly string[]>,
  Pattern extends OfArguments<string>,
  Tags extends OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean>,
>(
  options: CacheEvictOptions<Key, Keys, Pattern, Tags, Condition>,
): TypedMethodDecorator<{ key: Key; keys: Keys; pattern: Pattern; tags: Tags; condition: Condition }> {
  return decorate(new CacheEvictOperation(options));
}
