import type { ValidationArguments } from 'class-validator';

import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { longestTimerMs } from '../waiting/pause.js';
import { ValidateBy, ValidateIf } from './validators.js';

/**
 * Throws a `TypeError` that begins with `what` if the value breaks the rule, given the other options of its `owner`.
 */
export type Rule = (value: unknown, what: string, owner: object) => unknown;

/** The property is optional. Unlike with class-validator's `IsOptional`, `null` is a value like any other. */
export const Optional = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** The property obeys a rule written as a function, which arguments of calls obey, too. */
export const Obeys = (name: string, rule: Rule): PropertyDecorator =>
  ValidateBy({
    name,
    validator: {
      validate: (value: unknown, at?: ValidationArguments) => complaint(rule, value, '', at) === undefined,
      defaultMessage: (at?: ValidationArguments) => complaint(rule, at?.value, at?.property ?? name, at) ?? '',
    },
  });

const longestShort = 60;

export interface TimeoutBounds {
  /** Whether `null` is allowed. */
  readonly never?: boolean;
  /** Whether `0` is allowed. */
  readonly zero?: boolean;
  /** Whether a timer of Node.js waits for it. */
  readonly timer?: boolean;
  /** Whether it is short: a number over 60 was most likely meant as milliseconds. */
  readonly short?: boolean;
}

export interface FiniteBounds extends TimeoutBounds {
  readonly never?: false;
}

/**
 * Milliseconds of a {@link Timeout} that is positive and finite, unless `bounds` allows more.
 *
 * @throws TypeError if it is out of bounds
 */
export function checkTimeout(value: unknown, what: string, bounds?: FiniteBounds): number;
export function checkTimeout(value: unknown, what: string, bounds?: TimeoutBounds): number | null;
export function checkTimeout(value: unknown, what: string, bounds: TimeoutBounds = {}): number | null {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser itself reports anything but a timeout
  const ms = toMilliseconds(value as Timeout, what);
  if (ms === null && !bounds.never) throw new TypeError(`${what} must be finite, so it must not be null`);
  if (ms === 0 && !bounds.zero) throw new TypeError(`${what} must be longer than 0`);
  if (bounds.short && typeof value === 'number' && value > longestShort) {
    throw new TypeError(
      `${what} must have its unit: ${value} means ${value} seconds; write '${value}ms' or '${value}s'`,
    );
  }
  if (bounds.timer && ms! > longestTimerMs) throw new TypeError(`${what} must not be longer than 24 days`);
  return ms;
}

/** The property obeys {@link checkTimeout}. */
export const IsTimeout = (bounds?: TimeoutBounds): PropertyDecorator =>
  Obeys('isTimeout', (value, what) => checkTimeout(value, what, bounds));

/** The property is `true`, `false`, or an object of settings, which are validated like all others. */
export const IsSwitch = (): PropertyDecorator =>
  Obeys('isSwitch', (value, what) => {
    if (typeof value !== 'boolean' && !isObject(value)) {
      throw new TypeError(`${what} must be true, false or an object of options`);
    }
  });

/** The property is an object of settings, which are validated like all others. */
export const IsSettings = (names: string): PropertyDecorator =>
  Obeys('isSettings', (value, what) => {
    if (!isObject(value)) throw new TypeError(`${what} must be an object: ${names}`);
  });

/** The property is an object with these methods, own or inherited. */
export const HasMethods = (...methods: readonly string[]): PropertyDecorator =>
  Obeys('hasMethods', (value, what) => {
    if (!hasMethods(value, methods)) throw new TypeError(`${what} must be an object with ${methods.join(' and ')}`);
  });

export function hasMethods(value: unknown, methods: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any object may have this property
  return methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function complaint(rule: Rule, value: unknown, what: string, at?: ValidationArguments): string | undefined {
  try {
    rule(value, what, at?.object ?? {});
    return undefined;
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}
