import type { Logger } from '@nestjs/common';
import type { ResolvedStandalone } from '../../options/index.js';
import { redisOptions } from '../driver/redis-options.js';
import { changed, type Endpoint } from '../driver/endpoint.js';
import { ReplicatedPool, type Servers } from './replicated-pool.js';

/** One server, and its replicas where they are named. */
export class StandalonePool extends ReplicatedPool {
  readonly topology = 'standalone';

  constructor(connection: ResolvedStandalone, logger: Pick<Logger, 'warn' | 'log'>) {
    super(connection, namedServers(connection), logger);
  }
}

function namedServers(connection: ResolvedStandalone): Servers {
  const { host, port, path, db, replicas } = connection;
  const server: Endpoint = { options: { db, ...redisOptions(connection), ...connection.redisOptions } };
  return {
    primary: changed(server, path ? { path } : { host, port }),
    replicas: replicas.map((address) => changed(server, { role: 'slave', ...address })),
  };
}
