import type { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { Access } from '../commands/command.js';
import type { ResolvedStandalone } from '../options/index.js';
import type { ConnectionPool, ServerNode, WireCommand } from './connection-pool.js';
import { RedisLink } from './redis-link.js';
import { redisOptions } from './redis-options.js';

/** One server, over one or several multiplexed connections. */
export class StandalonePool implements ConnectionPool {
  private readonly links: readonly RedisLink[];
  private next = 0;

  constructor(
    private readonly connection: ResolvedStandalone,
    logger: Pick<Logger, 'warn' | 'log'>,
  ) {
    const { host, port, path, db, poolSize } = connection;
    const options = { ...redisOptions(connection), db, ...(path ? { path } : { host, port }) };
    this.links = Array.from({ length: poolSize }, () => new RedisLink(new Redis(options), logger));
  }

  async connect(): Promise<void> {
    const opened = Promise.all(this.links.map((link) => link.open(this.connection.connectTimeoutMs)));
    if (this.connection.connect === 'eager') await opened;
    else opened.catch(() => undefined);
  }

  send(command: WireCommand): Promise<unknown> {
    return this.link().send(command);
  }

  sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.link().sendAll(commands);
  }

  transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.link().transaction(commands);
  }

  async primaries(): Promise<readonly ServerNode[]> {
    return [this.link()];
  }

  client(_access: Access): Redis {
    return this.links[0]!.redis;
  }

  async close(): Promise<void> {
    await Promise.all(this.links.map((link) => link.close()));
  }

  private link(): RedisLink {
    if (this.links.length === 1) return this.links[0]!;
    this.next = (this.next + 1) % this.links.length;
    return this.links[this.next]!;
  }
}
