import { LockError, LockNotOwnedError, LockTimeoutError } from '../errors/index.js';
import { Claim, type ClaimErrors } from './claim.js';
import type { ResolvedLock } from './claim-options.js';
import type { Holdings } from './holdings.js';
import type { Resource } from './resource.js';

const errors: ClaimErrors = { misused: LockError, lost: LockNotOwnedError, late: LockTimeoutError };

/**
 * A lock: at most one handle of its name, in any process, holds it at a time.
 *
 * @publicApi
 * @example
 * await using lock = cache.lock('stock:42', { blockingTimeout: '5s' });
 * if (await lock.acquire()) await reserve(42, { fencingToken: lock.fencingToken, signal: lock.signal });
 */
export class CachexLock extends Claim {
  /** @internal */
  constructor(resource: Resource, options: ResolvedLock, holdings: Holdings) {
    super(resource, options, holdings, errors);
  }
}
