import { inspect } from 'node:util';

/** Options of ours, of ioredis and of node:tls that must not show in a log. */
const SECRETS = new Set([
  'password',
  'sentinelPassword',
  'credentials',
  'sentinelCredentials',
  'passphrase',
  'key',
  'pfx',
  'url',
]);
const HIDDEN = '[hidden]';

/**
 * Keeps passwords out of the output of `util.inspect`, `console.log` and `JSON.stringify` for an object. The properties
 * themselves do not change. For a prototype or for one object.
 */
export function hideSecrets<T extends object>(target: T): T {
  const show = { value: concealedSelf, configurable: true, writable: true };
  return Object.defineProperties(target, { toJSON: show, [inspect.custom]: show });
}

/** {@link hideSecrets} for all instances of a class. */
export const HideSecrets: ClassDecorator = (type) => {
  hideSecrets(type.prototype);
};

function concealedSelf(this: object): unknown {
  return concealedProperties(this);
}

function concealed(value: unknown): unknown {
  // A server in a list may be a URL, with a password in it.
  if (typeof value === 'string') return value.includes('@') ? HIDDEN : value;
  if (Array.isArray(value)) return value.map(concealed);
  return isPlainObject(value) ? concealedProperties(value) : value;
}

function concealedProperties(object: object): Record<string, unknown> {
  const hide = ([name, value]: [string, unknown]): [string, unknown] => [
    name,
    SECRETS.has(name) && value !== undefined ? HIDDEN : concealed(value),
  ];
  return Object.fromEntries(Object.entries(object).map(hide));
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
