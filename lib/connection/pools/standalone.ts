import type { Logger } from '@nestjs/common';
import type { ResolvedStandalone } from '../../options/index.js';
import { loginOf, redisOptions } from '../driver/redis-options.js';
import { changed, type Endpoint } from '../driver/endpoint.js';
import { ReplicatedPool, type Servers } from './replicated-pool.js';

/** One server, and its replicas if they are given. */
export class StandalonePool extends ReplicatedPool {
  readonly topology = 'standalone';

  constructor(connection: ResolvedStandalone, logger: Pick<Logger, 'warn' | 'log'>) {
    super(connection, namedServers(connection, logger), logger);
  }
}

function namedServers(connection: ResolvedStandalone, logger: Pick<Logger, 'warn' | 'log'>): Servers {
  const { host, port, path, db, replicas } = connection;
  const options = { db, ...redisOptions(connection), ...connection.redisOptions };
  const server: Endpoint = { options, login: loginOf(connection, logger) };
  return {
    primary: changed(server, path ? { path } : { host, port }),
    replicas: replicas.map((address) => changed(server, { role: 'slave', ...address })),
  };
}
