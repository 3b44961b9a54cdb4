import type { Logger } from '@nestjs/common';
import type { RedisOptions } from 'ioredis';
import type { ResolvedSentinel } from '../../options/index.js';
import { AnnouncedServer } from '../driver/announced-server.js';
import { FailoverWatch } from './failover-watch.js';
import { pauseBefore, redisOptions } from '../driver/redis-options.js';
import { heartbeatMs } from '../links/redis-subscription.js';
import { ReplicatedPool } from './replicated-pool.js';

/** A primary that Sentinels name, and whichever replica they name where reads go to replicas. */
export class SentinelPool extends ReplicatedPool {
  readonly topology = 'sentinel';
  readonly #sentinels: ResolvedSentinel;
  #watch: FailoverWatch | undefined;

  constructor(connection: ResolvedSentinel, logger: Pick<Logger, 'warn' | 'log'>) {
    const { name, sentinels, sentinelUsername, sentinelPassword, sentinelTls, db, tls, readFrom } = connection;
    const options: RedisOptions = {
      name,
      sentinels: sentinels.map((address) => ({ ...address })),
      sentinelUsername,
      sentinelPassword,
      sentinelTLS: sentinelTls,
      enableTLSForSentinelMode: tls !== undefined,
      // Connecting included: where the host of the primary is gone, a Sentinel may be gone with it, and others know more.
      sentinelCommandTimeout: Math.min(connection.connectTimeoutMs, heartbeatMs),
      sentinelRetryStrategy: pauseBefore,
      db,
      ...redisOptions(connection),
      ...connection.redisOptions,
    };
    const replica: RedisOptions = { ...options, role: 'slave' };
    super(connection, { primary: options, replicas: readFrom === 'replica' ? [replica] : [] }, logger);
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
