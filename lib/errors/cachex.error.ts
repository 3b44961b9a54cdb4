/** Options of every {@link CachexError}. @publicApi */
export interface CachexErrorOptions {
  /** What the driver, the server or a user's function said. */
  readonly cause?: unknown;
}

/**
 * The parent of every error that nest-cachex throws (bad arguments excepted: those are a `TypeError` or a `RangeError`).
 *
 * `code` is stable across releases and is what programs should look at. A message names the command and the key; it
 * never holds a value or a password.
 *
 * @publicApi
 */
export abstract class CachexError extends Error {
  abstract readonly code: string;

  constructor(message: string, options: CachexErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    // On the prototype it would show as a class field in every log line.
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true, writable: true });
  }
}
