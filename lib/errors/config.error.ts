import { CachexError } from './cachex.error.js';

/**
 * The module is not set up correctly, or an optional package is missing. Thrown at start, before anything is connected.
 *
 * @publicApi
 */
export class ConfigError extends CachexError {
  get code() {
    return 'CACHEX_CONFIG' as const;
  }
}
