import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ConfigError } from './config.error.js';

/**
 * A package that only some users need, loaded by the time it is asked for.
 *
 * @param neededBy begins the message: `'The compressor lz4 needs'`.
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

/** Where packages are looked for: from this file on, or from the program's where a bundler has left nothing that names this. */
function findPlace(): URL | string {
  try {
    return import.meta.url;
  } catch {
    return pathToFileURL(process.argv[1] ?? process.execPath);
  }
}
