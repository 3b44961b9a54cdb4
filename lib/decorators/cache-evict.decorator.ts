import { CacheEvictOperation, type CacheEvictOptions } from './operations/cache-evict.operation.js';
import { decorate } from './decorate.js';
import type { OfArguments, TypedMethodDecorator } from './options/typed-method-decorator.js';

/**
 * Removes the entries that the method makes out of date. While Redis is away the call fails, unless the cache ignores
 * exceptions: otherwise outdated entries would stay, and nobody would know.
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
