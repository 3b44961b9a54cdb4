import { expect } from 'vitest';

import { withoutAddress } from '../../lib/errors/error-address.js';
import { ConfigError } from '../../lib/errors/index.js';

/** The error that the function throws; `undefined` if it throws none. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The lines after the first one of the function's `ConfigError`, sorted. */
export function problemsOf(act: () => unknown, header: string): string[] {
  const error = thrownBy(act);
  expect(error).toBeInstanceOf(ConfigError);
  const [first, ...lines] = withoutAddress((error as ConfigError).message).split('\n');
  expect(first).toBe(header);
  return lines.toSorted();
}
