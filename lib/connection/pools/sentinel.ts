import type { Logger } from '@nestjs/common';
import type { ResolvedSentinel } from '../../options/index.js';
import { AnnouncedServer } from '../driver/announced-server.js';
import type { Login } from '../driver/login.js';
import { FailoverWatch } from './failover-watch.js';
import { ReplicatedPool } from './replicated-pool.js';
import { namedServers } from './sentinel-endpoints.js';

/** A primary that Sentinels name, and any replica that they name if reads go to replicas. */
export class SentinelPool extends ReplicatedPool {
  readonly topology = 'sentinel';
  readonly #sentinels: ResolvedSentinel;
  /** For the Sentinels. */
  readonly #login: Login | undefined;
  #watch: FailoverWatch | undefined;

  constructor(connection: ResolvedSentinel, logger: Pick<Logger, 'warn' | 'log'>) {
    const servers = namedServers(connection, logger);
    super(connection, servers, logger);
    this.#sentinels = connection;
    this.#login = servers.primary.sentinelLogin;
  }

  override connect(): Promise<void> {
    this.#watch = new FailoverWatch(this.#sentinels, (host, port) => void this.#follow(host, port), this.#login);
    return super.connect();
  }

  async #follow(host: string, port: string): Promise<void> {
    this.followPrimary(await AnnouncedServer.of(host, port, this.#sentinels.redisOptions?.natMap));
  }

  override async close(waitedMs?: number): Promise<void> {
    await Promise.all([this.#watch?.close(), super.close(waitedMs)]);
  }
}
