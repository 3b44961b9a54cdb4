import { checkLock, checkShare, semaphoreNames, type SemaphoreOptions } from '../locking/claim-options.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { countArgument } from '../arguments/arguments.js';
import type { TextOption } from './options/call-option.js';
import { ClaimOperation } from './operations/claim.operation.js';
import { decorate } from './decorate.js';
import { textOption } from './options/made-option.js';
import type { OfArguments, TypedMethodDecorator } from './options/typed-method-decorator.js';

/** How {@link WithSemaphore} claims: the options of `semaphore`, and its own. @publicApi */
export interface WithSemaphoreOptions<Key extends OfArguments<string> = OfArguments<string>> extends SemaphoreOptions {
  /** The name of the semaphore: a function of the method's arguments, a template, or `fromContext(…)`. */
  readonly key: TextOption<Key>;
  /** The sum of the weights of concurrent calls never exceeds this. */
  readonly capacity: number;
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
}

const known: NamesOf<WithSemaphoreOptions> = { ...semaphoreNames, key: true, capacity: true, cache: true };

/**
 * Limits the calls that run at a time, over all processes, to `capacity`; `currentLock()` is the handle. The call fails
 * if there is no room in time (`SemaphoreTimeoutError`), and while Redis is away.
 *
 * @publicApi
 * @example
 * @WithSemaphore({ key: 'carrier-api', capacity: 4, blockingTimeout: '2s' })
 * async quote(productId: string): Promise<Quote> { … }
 */
export function WithSemaphore<Key extends OfArguments<string>>(
  options: WithSemaphoreOptions<Key>,
): TypedMethodDecorator<{ key: Key }> {
  checkOptions(options, known, '@WithSemaphore', "{ key: 'carrier-api', capacity: 4 }");
  const { key, cache, capacity, ...holding } = options;
  checkLock(holding);
  checkShare(countArgument(capacity, '@WithSemaphore capacity', 1), holding.weight);
  return decorate(
    new ClaimOperation('@WithSemaphore', textOption(key, '@WithSemaphore key'), cache, (service, name) =>
      service.semaphore(name, capacity, holding),
    ),
  );
}
