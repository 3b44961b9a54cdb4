import { CachexError } from './cachex.error.js';

/**
 * No connection to the server, it broke while the command was under way, or the service was closed: a write may or may
 * not have been made. Or the server answers that it cannot do it now (`LOADING`, `BUSY`, `MASTERDOWN`, `CLUSTERDOWN`,
 * `TRYAGAIN`, `max number of clients reached`): then nothing was done.
 *
 * @publicApi
 */
export class ConnectionError extends CachexError {
  readonly code: string = 'CACHEX_CONNECTION';
}

/**
 * No answer within `commandTimeout`. A write may or may not have been made.
 *
 * @publicApi
 */
export class CommandTimeoutError extends CachexError {
  readonly code = 'CACHEX_COMMAND_TIMEOUT';
}
