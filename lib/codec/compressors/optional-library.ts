import { createRequire } from 'node:module';
import { ConfigError } from '../../errors/index.js';

const load = createRequire(import.meta.url);

/**
 * A library that only some users need, loaded by the time it is asked for.
 *
 * @throws ConfigError that says what to install.
 */
export function requireOptional(name: string, neededBy: string): unknown {
  try {
    return load(name) as unknown;
  } catch (error) {
    throw new ConfigError(`${neededBy} needs the package ${name}, which cannot be loaded: npm install ${name}`, {
      cause: error,
    });
  }
}
