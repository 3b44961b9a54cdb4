import { CachexError } from './cachex.error.js';

/**
 * A call needs a scope, and the module's option `scope` returned `undefined`; or `flushDb` was called in a scope.
 * Nothing was sent.
 *
 * @publicApi
 */
export class ScopeError extends CachexError {
  get code() {
    return 'CACHEX_SCOPE' as const;
  }
}
