import { expect } from 'vitest';

import { withoutAddress } from '../../lib/errors/error-address.js';
import { ConfigError } from '../../lib/errors/index.js';

/** What the function throws; undefined where it does not. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The lines under the first one of the `ConfigError` that the function throws, in no particular order. */
export function problemsOf(act: () => unknown, header: string): string[] {
  const error = thrownBy(act);
  expect(error).toBeInstanceOf(ConfigError);
  const [first, ...lines] = withoutAddress((error as ConfigError).message).split('\n');
  expect(first).toBe(header);
  return lines.toSorted();
}
