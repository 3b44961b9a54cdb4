import type { StandardSchema } from '../codec/schema.js';
import { decorate } from './decorate.js';
import { CacheableManyOperation, type CacheableManyOptions } from './operations/cacheable-many.operation.js';
import type { ManyMethodDecorator } from './options/many-method-decorator.js';
import type { OfArguments, OfResult } from './options/typed-method-decorator.js';

/**
 * Returns the cached values of many ids. The method runs once for all missing ids, which replace its first argument.
 * Its results are stored under one key per id: it returns a `Map` by id, or, with `returns: 'array'`, one value per id
 * in their order. For methods of providers, not for handlers. While Redis is away the method simply runs. Redis:
 * `MGET`, `SET`.
 *
 * @publicApi
 * @example
 * @CacheableMany({ key: (id: string) => `product:${id}`, timeout: '10m' })
 * async findMany(ids: string[]): Promise<Map<string, Product>> { … }
 */
export function CacheableMany<
  Key extends OfArguments<string>,
  Tags extends OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean>,
  Unless extends OfResult<boolean>,
  Schema extends StandardSchema,
  Returns extends 'map' | 'array' = 'map',
>(
  options: CacheableManyOptions<Key, Tags, Condition, Unless, Returns, Schema>,
): ManyMethodDecorator<{ key: Key; tags: Tags; condition: Condition; unless: Unless; schema: Schema }, Returns> {
  return decorate(new CacheableManyOperation(options));
}
