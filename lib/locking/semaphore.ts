import { SemaphoreError, SemaphoreTimeoutError } from '../errors/index.js';
import { Claim, type ClaimErrors } from './claim.js';
import type { ResolvedLock } from './claim-options.js';
import type { Holdings } from './holdings.js';
import type { Resource } from './resource.js';

const errors: ClaimErrors = { misused: SemaphoreError, lost: SemaphoreError, late: SemaphoreTimeoutError };

/**
 * A claim on a semaphore: the weights of all its holders, in any process, add up to at most its capacity.
 *
 * @publicApi
 * @example
 * await cache.semaphore('checkout', 10).using(() => checkout(cart));
 */
export class CachexSemaphore extends Claim {
  /** @internal */
  constructor(resource: Resource, options: ResolvedLock, holdings: Holdings) {
    super(resource, options, holdings, errors);
  }
}
