import { CachexError } from './cachex.error.js';

/**
 * A `getOrSet` did not finish within `hardTimeout`, and there was no stale copy to return instead: the factory takes
 * too long, or the server has not answered (then the `cause` is a `CommandTimeoutError`).
 *
 * @publicApi
 */
export class FactoryTimeoutError extends CachexError {
  get code() {
    return 'CACHEX_FACTORY_TIMEOUT' as const;
  }
}
