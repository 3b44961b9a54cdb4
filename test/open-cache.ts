import { Logger } from '@nestjs/common';
import { createService } from '../lib/cachex.providers.js';
import { createPool } from '../lib/connection/index.js';
import { type CachexOptions, type CachexService, resolveOptions } from '../lib/index.js';

/** A service outside any application. */
export async function openCache(
  options: CachexOptions,
  logger = new Logger('Cachex'),
  name?: string,
): Promise<CachexService> {
  const resolved = resolveOptions(options);
  const pool = await createPool(resolved.connection, logger);
  const cache = createService(resolved, pool, logger, name);
  await cache.onModuleInit();
  return cache;
}
