import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ConfigError } from './config.error.js';

/**
 * Loads a package that only some users need, on demand.
 *
 * @param neededBy the first words of the message: `'The compressor lz4 needs'`.
 * @throws ConfigError that says what to install.
 */
export function requireOptional(name: string, neededBy: string, makeRequire = createRequire): unknown {
  try {
    return makeRequire(findPlace())(name) as unknown;
  } catch (error) {
    throw new ConfigError(`${neededBy} the package ${name}, which cannot be loaded: npm install ${name}`, {
      cause: error,
    });
  }
}

/**
 * Where to look for packages: from this file, or, if a bundler has removed its address, from the program's.
 */
function findPlace(): URL | string {
  try {
    return import.meta.url;
  } catch {
    return pathToFileURL(process.argv[1] ?? process.execPath);
  }
}
