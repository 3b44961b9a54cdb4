import { CachePutOperation, type CachePutOptions } from './operations/cache-put.operation.js';
import { decorate } from './decorate.js';
import type { OfArguments, OfResult, TypedMethodDecorator } from './options/typed-method-decorator.js';

/**
 * Runs the method and stores its result in place of the old value; nothing if it throws or returns `undefined`. If the
 * result cannot be stored because Redis is away, that is logged, and the caller gets the result all the same.
 *
 * @publicApi
 * @example
 * @CachePut({ key: (product: Product) => `product:${product.id}`, timeout: '10m' })
 * async save(product: Product): Promise<Product> { … }
 */
export function CachePut<
  Key extends OfArguments<string>,
  Tags extends OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean>,
  Unless extends OfResult<boolean>,
>(
  options: CachePutOptions<Key, Tags, Condition, Unless>,
): TypedMethodDecorator<{ key: Key; tags: Tags; condition: Condition; unless: Unless }> {
  return decorate(new CachePutOperation(options));
}
