import { isDate } from 'node:util/types';

import { hasMethods, isObject } from './option-rules.js';

/** User and password from a provider. @publicApi */
export interface Credentials {
  /** Defaults to `connection.username`, or else the server's `default` user. */
  readonly username?: string;
  /** The password, or the token that stands for one. */
  readonly password: string;
  /** When the server stops accepting them. If left out, they are valid until somebody changes them. */
  readonly expiresAt?: Date;
}

/**
 * Provides user and password whenever a connection needs them: a function, or an object with a method `get`.
 *
 * @example
 * const credentials: CredentialsProvider = async () => ({ username: 'app', password: await readSecret('cache') });
 * @publicApi
 */
export type CredentialsProvider = (() => Promise<Credentials>) | { get(): Promise<Credentials> };

export function checkCredentialsProvider(value: unknown, what: string): void {
  if (typeof value === 'function' || hasMethods(value, ['get'])) return;
  throw new TypeError(
    `${what} must be a function or an object with get(), which returns { username, password, expiresAt }`,
  );
}

/** The one way to ask both kinds of providers. */
export const asked =
  (provider: CredentialsProvider): (() => unknown) =>
  () =>
    typeof provider === 'function' ? provider() : provider.get();

/**
 * Checks the answer of a provider.
 *
 * @throws {TypeError} if it cannot be used to log in; the message quotes nothing of it
 */
export function checkCredentials(given: unknown): Credentials {
  if (!isObject(given)) throw new TypeError('it must return an object with a password');
  const { username, password, expiresAt } = given;
  if (typeof password !== 'string' || password === '') throw new TypeError('its password must be a non-empty string');
  if (username !== undefined && (typeof username !== 'string' || username === '')) {
    throw new TypeError('its username must be a non-empty string, or left out');
  }
  if (expiresAt === undefined || expiresAt === null) return { username, password };
  if (!isDate(expiresAt) || Number.isNaN(expiresAt.getTime())) throw new TypeError('its expiresAt must be a Date');
  if (expiresAt.getTime() <= Date.now()) throw new TypeError('its credentials have expired already');
  return { username, password, expiresAt };
}
