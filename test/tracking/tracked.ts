import { Logger } from '@nestjs/common';
import type { CachexOptions, CachexService } from '../../lib/index.js';
import type { LocalCopies } from '../../lib/tracking/local-copies.js';
import { TrackingExecutor } from '../../lib/tracking/tracking-executor.js';
import { openCache } from '../open-cache.js';
import { waitFor } from '../servers/wait-for.js';

/** The local copies of a cache that tracks. */
export function copiesOf(cache: CachexService): LocalCopies {
  const executor = cache['executor'];
  if (!(executor instanceof TrackingExecutor)) throw new Error('This cache does not track');
  return executor.copies;
}

/** Resolves when every server that may answer reads tells of changes. */
export async function armed(cache: CachexService): Promise<void> {
  await waitFor(() => copiesOf(cache).isActive, { what: 'the servers to tell of changes', every: 2 });
}

/** A cache that tracks, its servers already telling of changes. */
export async function openTracked(options: CachexOptions, logger = new Logger('Cachex')): Promise<CachexService> {
  const cache = await openCache({ tracking: true, ...options }, logger);
  await armed(cache);
  return cache;
}

/** Resolves when a copy of a key is gone, as the server has told of a change. */
export async function forgotten(cache: CachexService, key: string): Promise<void> {
  const wire = cache['executor'].keys.wire(cache['keyOf'](key)).toString();
  await waitFor(() => copiesOf(cache).get(wire) === undefined, { what: `${key} to be forgotten`, every: 1 });
}
