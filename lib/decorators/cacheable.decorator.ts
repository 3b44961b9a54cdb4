import type { StandardSchema } from '../codec/schema.js';
import { CacheableOperation, type CacheableOptions } from './operations/cacheable.operation.js';
import { decorate } from './decorate.js';
import type { OfArguments, OfResult, TypedMethodDecorator } from './options/typed-method-decorator.js';

/**
 * Returns the cached answer. On a miss it runs the method and stores the result. `undefined` is not stored, `null` is;
 * streams pass through. While Redis is away the method simply runs.
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
  Schema extends StandardSchema,
  Etag extends OfResult<string>,
>(
  options: CacheableOptions<Key, Tags, Condition, Unless, Schema, Etag> = {},
): TypedMethodDecorator<{ key: Key; tags: Tags; condition: Condition; unless: Unless; schema: Schema; etag: Etag }> {
  return decorate(new CacheableOperation(options));
}
