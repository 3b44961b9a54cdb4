import type { Logger } from '@nestjs/common';
import type { ResolvedSentinel } from '../../options/index.js';
import { AnnouncedServer } from '../driver/announced-server.js';
import { FailoverWatch } from './failover-watch.js';
import { ReplicatedPool } from './replicated-pool.js';
import { namedServers } from './sentinel-endpoints.js';

/** A primary that Sentinels name, and whichever replica they name where reads go to replicas. */
export class SentinelPool extends ReplicatedPool {
  readonly topology = 'sentinel';
  readonly #sentinels: ResolvedSentinel;
  #watch: FailoverWatch | undefined;

  constructor(connection: ResolvedSentinel, logger: Pick<Logger, 'warn' | 'log'>) {
    super(connection, namedServers(connection), logger);
    this.#sentinels = connection;
  }

  override connect(): Promise<void> {
    this.#watch = new FailoverWatch(this.#sentinels, (host, port) => void this.#follow(host, port));
    return super.connect();
  }

  async #follow(host: string, port: string): Promise<void> {
    this.followPrimary(await AnnouncedServer.of(host, port, this.#sentinels.redisOptions?.natMap));
  }

  override async close(waitedMs?: number): Promise<void> {
    await Promise.all([this.#watch?.close(), super.close(waitedMs)]);
  }
}
