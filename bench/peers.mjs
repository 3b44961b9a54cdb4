import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// Some peers need another ioredis than the library: they are installed in a folder of their own.
const { resolve } = createRequire(new URL('peers/package.json', import.meta.url));

/** A package that the library is measured against. */
export const peer = (name) => import(pathToFileURL(resolve(name)));
