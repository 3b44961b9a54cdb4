import type { CachexLock } from './lock.js';
import type { Share } from './semaphore-resource.js';

/** More readers than there can be connections. */
const capacity = 1_000_000_000;

/**
 * A lock that readers share and a writer holds alone. Created by {@link CachexService.rwLock}.
 *
 * @publicApi
 * @example
 * const prices = cache.rwLock('prices', { blockingTimeout: '5s' });
 * await prices.read().using(() => quote(cart));
 * await prices.write().using(({ fencingToken }) => reprice(fencingToken));
 */
export class CachexReadWriteLock {
  /** @internal */
  constructor(
    /** The name of the lock. */
    readonly name: string,
    /** A writer is so heavy that nobody else fits in. */
    private readonly open: (kind: 'Read' | 'Write', share: Share) => CachexLock,
  ) {}

  /**
   * A handle of a reader, not held yet: any number of readers may hold it while there is no writer. A holder must not
   * wait for another handle of the same name: a writer may be in the queue between the two.
   *
   * @example
   * const total = await prices.read().using(() => quote(ids));
   */
  read(): CachexLock {
    return this.open('Read', { capacity, weight: 1 });
  }

  /**
   * A handle of a writer, not held yet. A reader cannot become a writer: it would wait for itself.
   *
   * @example
   * await prices.write().using(({ fencingToken }) => reprice(fencingToken));
   */
  write(): CachexLock {
    return this.open('Write', { capacity, weight: capacity });
  }
}
