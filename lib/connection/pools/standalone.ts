import type { Logger } from '@nestjs/common';
import type { ResolvedStandalone } from '../../options/index.js';
import { redisOptions } from '../driver/redis-options.js';
import { ReplicatedPool } from './replicated-pool.js';

/** One server, and its replicas where they are named. */
export class StandalonePool extends ReplicatedPool {
  readonly topology = 'standalone';

  constructor(connection: ResolvedStandalone, logger: Pick<Logger, 'warn' | 'log'>) {
    const { host, port, path, db, replicas } = connection;
    const options = { db, ...redisOptions(connection), ...connection.redisOptions };
    const primary = { ...options, ...(path ? { path } : { host, port }) };
    const replica = { ...options, role: 'slave' as const };
    super(connection, { primary, replicas: replicas.map((address) => ({ ...replica, ...address })) }, logger);
  }
}
