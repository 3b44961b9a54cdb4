import { isObject } from '../options/option-rules.js';

const names = ['username', 'email', 'name', 'id', 'sub'] as const;

/** Returns the user that Passport and similar guards set on the request, or the user name of Basic authentication. */
export function userOf(request: unknown): string | undefined {
  if (!isObject(request)) return undefined;
  const { user, headers } = request;
  if (typeof user === 'string') return user;
  const known = isObject(user) ? names.map((name) => user[name]).find(isName) : undefined;
  return known === undefined ? basicUserIn(headers) : String(known);
}

const isName = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

function basicUserIn(headers: unknown): string | undefined {
  const { authorization } = isObject(headers) ? headers : {};
  const [, credentials] = /^Basic (.*)$/i.exec(String(authorization)) ?? [];
  if (credentials === undefined) return undefined;
  const [name] = Buffer.from(credentials, 'base64').toString().split(':');
  return name || undefined;
}
