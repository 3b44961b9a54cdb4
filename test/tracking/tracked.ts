import { Logger } from '@nestjs/common';
import { vi } from 'vitest';
import type { CachexOptions, CachexService } from '../../lib/index.js';
import { LocalCopies } from '../../lib/tracking/local-copies.js';
import { TrackingExecutor } from '../../lib/tracking/tracking-executor.js';
import { openCache } from '../open-cache.js';
import { waitFor } from '../servers/wait-for.js';

/** The local copies of a tracking cache. */
export function copiesOf(cache: CachexService): LocalCopies {
  const executor = cache['executor'];
  if (!(executor instanceof TrackingExecutor)) throw new Error('This cache does not track');
  return executor.copies;
}

/** Resolves when every server that may answer reads reports its changes. */
export async function armed(cache: CachexService): Promise<void> {
  await waitFor(() => copiesOf(cache).isActive, { what: 'the servers to tell of changes', every: 2 });
}

/** A tracking cache whose servers already report their changes. */
export async function openTracked(options: CachexOptions, logger = new Logger('Cachex')): Promise<CachexService> {
  const cache = await openCache({ tracking: true, ...options }, logger);
  // The nodes of a cluster are connected to one by one.
  const nodes = await cache['executor'].pool.primaries();
  await Promise.all(nodes.map((node) => node.send({ name: 'PING', args: [], access: 'write' })));
  await armed(cache);
  return cache;
}

const wireOf = (cache: CachexService, key: string): string =>
  cache['executor'].keys.wire(cache['keyOf'](key)).toString();

/** Whether there is a local copy of a key. */
export function isKept(cache: CachexService, key: string): boolean {
  return copiesOf(cache).get(wireOf(cache, key)) !== undefined;
}

/** Resolves when the server has reported a change of each key. */
export async function told(cache: CachexService, keys: readonly string[], change: Promise<unknown>): Promise<void> {
  const copies = copiesOf(cache);
  const left = new Set(keys.map((key) => wireOf(cache, key)));
  const spy = vi.spyOn(copies, 'forget').mockImplementation((key) => {
    left.delete(key);
    LocalCopies.prototype.forget.call(copies, key);
  });
  try {
    await change;
    await waitFor(() => left.size === 0, { what: `the server to tell of ${[...left].join()}`, every: 1 });
  } finally {
    spy.mockRestore();
  }
}

/** Reads a key until there is a copy of it: while connections are being opened there is none. */
export async function keep(cache: CachexService, key: string): Promise<void> {
  await waitFor(
    async () => {
      await cache.get(key);
      return isKept(cache, key);
    },
    { what: `a copy of ${key}`, every: 1 },
  );
}
