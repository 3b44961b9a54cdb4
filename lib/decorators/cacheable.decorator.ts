import type { GetOrSetOptions } from '../caching/get-or-set.options.js';
import { CacheableOperation } from './operations/cacheable.operation.js';
import type { TextOption } from './options/call-option.js';
import { decorate } from './decorate.js';
import type { StoringOptions } from './operations/storing.js';
import type { OfArguments, OfResult, TypedMethodDecorator } from './options/typed-method-decorator.js';

/** How {@link Cacheable} caches: the options of `getOrSet`, and its own. @publicApi */
export interface CacheableOptions<
  Key extends OfArguments<string> = OfArguments<string>,
  Tags extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean> = OfArguments<boolean>,
  Unless extends OfResult<boolean> = OfResult<boolean>,
>
  extends StoringOptions<Tags, Condition, Unless>, Omit<GetOrSetOptions, 'tags' | 'onStale'> {
  /**
   * A function of the method's arguments, a template (`'user:{0.id}'`, `'user:{params.id}'`) or `fromContext(…)`. Left
   * out: class, method and a digest of all arguments.
   */
  readonly key?: TextOption<Key>;
  /** The name of the cache; the default one where left out. */
  readonly cache?: string;
}

/**
 * Gives the answer of the cache; where there is none, runs the method and stores what it gives. `undefined` is not
 * stored, `null` is; streams pass through. While Redis is away the method simply runs.
 *
 * @publicApi
 * @example
 * @Cacheable({ key: (id: string) => `product:${id}`, timeout: '10m', tags: ['products'] })
 * async find(id: string): Promise<Product> { … }
 */
export function Cacheable<
  Key extends OfArguments<string>,
  Tags extends OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean>,
  Unless extends OfResult<boolean>,
>(
  options: CacheableOptions<Key, Tags, Condition, Unless> = {},
): TypedMethodDecorator<{ key: Key; tags: Tags; condition: Condition; unless: Unless }> {
  return decorate(new CacheableOperation(options));
}
