import { CachexError } from './cachex.error.js';

/**
 * A call is meant in a scope, and there is none: the module's option `scope` gave `undefined`. Nothing was sent.
 *
 * @publicApi
 */
export class ScopeError extends CachexError {
  readonly code = 'CACHEX_SCOPE';
}
