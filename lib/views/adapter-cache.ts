import { describe } from '../arguments/arguments.js';
import type { Version } from '../arguments/version.js';
import { CachexService } from '../cachex.service.js';
import type { CommandDefaults } from '../commands/command-group.js';

/** What adapters for other packages store lives for as long as these say, whatever holds elsewhere in the module. */
export const plainDefaults = { timeoutMs: null, stampede: undefined } satisfies Partial<CommandDefaults>;

/** The cache that an adapter is to stand on. */
export function cacheArgument(cache: CachexService, adapter: string): CachexService {
  if (cache instanceof CachexService) return cache;
  throw new TypeError(`${adapter} must be given a CachexService, as injected, not ${describe(cache)}`);
}

/** What an adapter stores by: in a version of its own, which `clear()` of the application leaves alone. */
export class AdapterCache extends CachexService {
  static of(cache: CachexService, version: Version): AdapterCache {
    return AdapterCache.view(cache, { ...plainDefaults, version });
  }
}
