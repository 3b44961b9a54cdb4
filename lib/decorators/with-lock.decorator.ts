import { checkLock, lockNames, type LockOptions } from '../locking/claim-options.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import type { NamesOption } from './options/call-option.js';
import { ClaimOperation } from './operations/claim.operation.js';
import { decorate } from './decorate.js';
import { namesOption } from './options/made-option.js';
import type { OfArguments, TypedMethodDecorator } from './options/typed-method-decorator.js';

/** How {@link WithLock} locks: the options of `lock`, and its own. @publicApi */
export interface WithLockOptions<Key extends LockKey = LockKey> extends LockOptions {
  /**
   * The name of the lock: a function of the method's arguments, a template, or `fromContext(…)`. A list, or a function
   * that returns one, acquires several locks, all or none.
   */
  readonly key: NamesOption<Key>;
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
}

type LockKey = OfArguments<string | readonly string[]>;

const known: NamesOf<WithLockOptions> = { ...lockNames, key: true, cache: true };

/**
 * Runs the method under a lock; `currentLock()` is its handle. The call fails if the lock cannot be acquired in time
 * (`LockTimeoutError`), and while Redis is away, even with `ignoreExceptions`.
 *
 * @publicApi
 * @example
 * @WithLock({ key: (order: Order) => `order:${order.id}`, blockingTimeout: '5s' })
 * async reserve(order: Order): Promise<void> { … }
 */
export function WithLock<Key extends LockKey>(options: WithLockOptions<Key>): TypedMethodDecorator<{ key: Key }> {
  checkOptions(options, known, '@WithLock', "{ key: 'stock:{0.id}' }");
  const { key, cache, ...holding } = options;
  const names = namesOption(key, '@WithLock key');
  checkLock(holding);
  return decorate(new ClaimOperation('@WithLock', names, cache, (service, name) => service.lock(name, holding)));
}
