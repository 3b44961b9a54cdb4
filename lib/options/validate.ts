import type { ValidationError } from 'class-validator';

import { withoutAddress } from '../errors/error-address.js';
import { ConfigError } from '../errors/index.js';
import { validate } from './validators.js';

/** An instance with the properties of a plain object; those that are `undefined` count as left out. */
export function instanceOf<T extends object>(type: new () => T, plain: object): T {
  const given = Object.entries(plain).filter(([, value]) => value !== undefined);
  return Object.assign(new type(), Object.fromEntries(given));
}

/**
 * The problems of an instance of an option class: a line per wrong path, in class-validator's words but with the whole
 * path in place of the property's name. Values are never part of it.
 */
export function problemsOf(instance: object, path = ''): string[] {
  return validate(instance).flatMap((error) => describe(error, path));
}

/** Adds the problems of a `ConfigError` to the list, and goes on. */
export function collect<T>(problems: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(withoutAddress(error.message));
    return undefined;
  }
}

function describe(error: ValidationError, parent: string): string[] {
  const path = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) =>
    // The one message that does not begin with the property's name.
    constraint === 'whitelistValidation' ? `${path} should not exist` : path + message.slice(error.property.length),
  );
  return [...own, ...(error.children ?? []).flatMap((child) => describe(child, path))];
}
