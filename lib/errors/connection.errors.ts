import { CachexError } from './cachex.error.js';

/**
 * There was no connection to the server, it broke while the command was under way, or the cache was closed: a write may
 * or may not have been made. Or the server answered that it could not do it at the moment (`LOADING`, `BUSY`,
 * `MASTERDOWN`, `CLUSTERDOWN`, `TRYAGAIN`, `max number of clients reached`): then nothing was done.
 *
 * @publicApi
 */
export class ConnectionError extends CachexError {
  get code(): string {
    return 'CACHEX_CONNECTION';
  }
}

/**
 * No answer within `commandTimeout`. A write may or may not have been made.
 *
 * @publicApi
 */
export class CommandTimeoutError extends CachexError {
  get code() {
    return 'CACHEX_COMMAND_TIMEOUT' as const;
  }
}
