import { withAddress } from './error-address.js';

/** Options of every {@link CachexError}. @publicApi */
export interface CachexErrorOptions {
  /** The error of the driver, the server or a user's function. */
  readonly cause?: unknown;
}

/**
 * The parent of every error that nest-cachex throws, except for wrong arguments: those are a `TypeError` or a
 * `RangeError`.
 *
 * `code` is stable across releases: programs should check it rather than the message. The message names the command and
 * the key, never a value or a password, and ends with the address of its explanation: `See docs/errors.md#CACHEX_LOCK`.
 *
 * @publicApi
 * @example
 * try {
 *   await cache.set('user:1', user);
 * } catch (error) {
 *   if (error instanceof CachexError && error.code === 'CACHEX_OUT_OF_MEMORY') return;
 *   throw error;
 * }
 */
export abstract class CachexError extends Error {
  /** What went wrong, as a program reads it: `'CACHEX_LOCK_TIMEOUT'`. Stable across releases. */
  abstract readonly code: string;

  constructor(message: string, options: CachexErrorOptions = {}) {
    const { code } = new.target.prototype;
    super(withAddress(message, code), 'cause' in options ? { cause: options.cause } : undefined);
    // Logs and JSON show own properties only.
    Object.defineProperty(this, 'code', { value: code, enumerable: true, configurable: true, writable: true });
    // On the prototype it would show as a class field in every log line.
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true, writable: true });
  }
}
