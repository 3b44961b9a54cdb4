import { CachexError } from './cachex.error.js';

/**
 * The factory of a `getOrSet` had not ended within `hardTimeout`, and there was no stale copy to give instead.
 *
 * @publicApi
 */
export class FactoryTimeoutError extends CachexError {
  readonly code = 'CACHEX_FACTORY_TIMEOUT';
}
