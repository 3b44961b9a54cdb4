import { describe } from '../arguments/arguments.js';
import type { Version } from '../arguments/version.js';
import { CachexService } from '../cachex.service.js';
import type { CommandDefaults } from '../commands/command-group.js';

/** Adapters for other packages decide how long their entries live, whatever the module's defaults are. */
export const plainDefaults = { timeoutMs: null, stampede: undefined } satisfies Partial<CommandDefaults>;

/** Checks the cache that an adapter was given. */
export function cacheArgument(cache: CachexService, adapter: string): CachexService {
  if (cache instanceof CachexService) return cache;
  throw new TypeError(`${adapter} must be given a CachexService, as injected, not ${describe(cache)}`);
}

/** The cache of an adapter, in a version of its own, which the application's `clear()` leaves alone. */
export class AdapterCache extends CachexService {
  static of(cache: CachexService, version: Version): AdapterCache {
    return AdapterCache.view(cache, { ...plainDefaults, version });
  }
}
