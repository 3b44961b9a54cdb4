import { isDate } from 'node:util/types';

import { hasMethods, isObject } from './option-rules.js';

/** User and password as a provider gives them. @publicApi */
export interface Credentials {
  /** Left out, `connection.username`, or else the server's `default` user. */
  readonly username?: string;
  readonly password: string;
  /** When the server stops to accept them. Left out, they are good until somebody changes them. */
  readonly expiresAt?: Date;
}

/**
 * Gives user and password whenever a connection needs them: a function, or an object with a method `get`.
 *
 * @example
 * const credentials: CredentialsProvider = async () => ({ username: 'app', password: await readSecret('cache') });
 * @publicApi
 */
export type CredentialsProvider = (() => Promise<Credentials>) | { get(): Promise<Credentials> };

export function checkCredentialsProvider(value: unknown, what: string): void {
  if (typeof value === 'function' || hasMethods(value, ['get'])) return;
  throw new TypeError(
    `${what} must be a function or an object with get(), which gives { username, password, expiresAt }`,
  );
}

/** What a provider is asked with, whichever of the two it is. */
export const asked =
  (provider: CredentialsProvider): (() => unknown) =>
  () =>
    typeof provider === 'function' ? provider() : provider.get();

/**
 * What a provider has given.
 *
 * @throws {TypeError} it is nothing to log in with; the message has nothing of it
 */
export function checkCredentials(given: unknown): Credentials {
  if (!isObject(given)) throw new TypeError('it must give an object with a password');
  const { username, password, expiresAt } = given;
  if (typeof password !== 'string' || password === '') throw new TypeError('its password must be text, and not empty');
  if (username !== undefined && (typeof username !== 'string' || username === '')) {
    throw new TypeError('its username must be text, and not empty, or left out');
  }
  if (expiresAt === undefined || expiresAt === null) return { username, password };
  if (!isDate(expiresAt) || Number.isNaN(expiresAt.getTime())) throw new TypeError('its expiresAt must be a Date');
  if (expiresAt.getTime() <= Date.now()) throw new TypeError('what it gives has expired already');
  return { username, password, expiresAt };
}
