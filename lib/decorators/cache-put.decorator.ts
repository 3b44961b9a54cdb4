import type { SetOptions } from '../commands/string.commands.js';
import { CachePutOperation } from './operations/cache-put.operation.js';
import type { TextOption } from './options/call-option.js';
import { decorate } from './decorate.js';
import type { StoringOptions } from './operations/storing.js';
import type { OfArguments, OfResult, TypedMethodDecorator } from './options/typed-method-decorator.js';

/** How {@link CachePut} stores. @publicApi */
export interface CachePutOptions<
  Key extends OfArguments<string> = OfArguments<string>,
  Tags extends OfArguments<readonly string[]> = OfArguments<readonly string[]>,
  Condition extends OfArguments<boolean> = OfArguments<boolean>,
  Unless extends OfResult<boolean> = OfResult<boolean>,
>
  extends StoringOptions<Tags, Condition, Unless>, Pick<SetOptions, 'timeout' | 'version'> {
  /** A function of the method's arguments, a template, or `fromContext(…)`. */
  readonly key: TextOption<Key>;
  /** The name of the cache; the default one where left out. */
  readonly cache?: string;
}

/**
 * Runs the method and stores what it gives, over what was there; nothing where it throws, or gives `undefined`. What
 * cannot be stored, Redis being away, is logged, and the caller gets the result all the same.
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
