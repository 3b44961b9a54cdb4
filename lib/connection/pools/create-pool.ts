import type { Logger } from '@nestjs/common';
import { checkDriver } from '../driver/probe/driver-check.js';
import type { ResolvedConnection } from '../../options/index.js';
import { ClusterPool } from './cluster.js';
import type { ConnectionPool } from '../../wire/connection-pool.js';
import { SentinelPool } from './sentinel.js';
import { StandalonePool } from './standalone.js';

/** The pool of a topology, not connected yet; the user's own if `poolClass` names one. */
export async function createPool(
  connection: ResolvedConnection,
  logger: Pick<Logger, 'warn' | 'log'>,
): Promise<ConnectionPool> {
  if (connection.poolClass) return new connection.poolClass(connection);
  if (connection.type !== 'memory') await checkDriver(connection.type, logger);
  switch (connection.type) {
    case 'standalone':
      return new StandalonePool(connection, logger);
    case 'sentinel':
      return new SentinelPool(connection, logger);
    case 'cluster':
      return new ClusterPool(connection, logger);
    case 'memory':
      // The engine is a third of the library, and most applications never need it.
      return new (await import('./memory.js')).MemoryPool(connection);
  }
}
