import { CachexError } from './cachex.error.js';

/**
 * The module was set up wrongly: found at start, before anything is connected.
 *
 * @publicApi
 */
export class ConfigError extends CachexError {
  readonly code = 'CACHEX_CONFIG';
}
