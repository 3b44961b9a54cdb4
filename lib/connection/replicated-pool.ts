import type { Logger } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import type { Access } from '../commands/command.js';
import { ConnectionError } from '../errors/index.js';
import type { ResolvedSentinel, ResolvedStandalone } from '../options/index.js';
import { BlockingConnections } from './blocking-connections.js';
import type {
  BlockingWireCommand,
  ChannelListener,
  ConnectionPool,
  ServerNode,
  Subscription,
  WireCommand,
} from './connection-pool.js';
import { notNow } from './driver-errors.js';
import { RedisLink } from './redis-link.js';
import { RedisSubscription } from './redis-subscription.js';
import { RoundRobin } from './round-robin.js';

/** What the connections are opened with. */
interface Servers {
  readonly primary: RedisOptions;
  readonly replicas: readonly RedisOptions[];
}

/**
 * A primary that has all keys, and replicas where reads may go to them: in turn to those that answer, to the primary
 * where none does.
 */
export abstract class ReplicatedPool implements ConnectionPool {
  // Not by the keyword private: inspection would show the options of the connections, with passwords in them.
  readonly #connection: ResolvedStandalone | ResolvedSentinel;
  readonly #servers: Servers;
  readonly #primaries: RoundRobin<RedisLink>;
  readonly #replicas: RoundRobin<RedisLink>;
  readonly #blocking: BlockingConnections;

  protected constructor(
    connection: ResolvedStandalone | ResolvedSentinel,
    servers: Servers,
    logger: Pick<Logger, 'warn' | 'log'>,
  ) {
    const links = (options: RedisOptions): RedisLink[] =>
      Array.from({ length: connection.poolSize }, () => new RedisLink(new Redis(options), logger));
    this.#connection = connection;
    this.#servers = servers;
    this.#primaries = new RoundRobin(links(servers.primary));
    this.#replicas = new RoundRobin(servers.replicas.flatMap(links));
    this.#blocking = new BlockingConnections(connection, this);
  }

  async connect(): Promise<void> {
    const open = (link: RedisLink): Promise<void> => link.open(this.#connection.connectTimeoutMs);
    for (const link of this.#replicas.items) open(link).catch(() => undefined);
    const opened = Promise.all(this.#primaries.items.map(open));
    if (this.#connection.connect === 'eager') await opened;
    else opened.catch(() => undefined);
  }

  send(command: WireCommand): Promise<unknown> {
    const replica = command.access === 'read' ? this.#readyReplica() : undefined;
    if (!replica) return this.#primaries.next().send(command);
    return replica.send(command).catch((error) => {
      if (!isReplicasTrouble(error)) throw error;
      return this.#primaries.next().send(command);
    });
  }

  async sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    const replica = this.#readyReplica();
    if (replica && commands.every(({ access }) => access === 'read')) {
      const answers = await replica.sendAll(commands);
      if (!answers.some(isReplicasTrouble)) return answers;
    }
    return this.#primaries.next().sendAll(commands);
  }

  transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.#primaries.next().transaction(commands);
  }

  sendBlocking(command: BlockingWireCommand): Promise<unknown> {
    const target = { options: this.#servers.primary, shared: this.#primaries.next() };
    return this.#blocking.send(command, async (waitAt) => {
      try {
        return await waitAt(target);
      } catch (error) {
        // A failover ended the wait before anything came: it goes on at the new primary.
        if (!/^UNBLOCKED force/.test((error as Error).message)) throw error;
        return await waitAt(target);
      }
    });
  }

  subscribe(channel: string, listener: ChannelListener): Subscription {
    return new RedisSubscription(() => this.#servers.primary, channel, listener);
  }

  async primaries(): Promise<readonly ServerNode[]> {
    return [this.#primaries.next()];
  }

  onConnection(follow: (connection: Redis) => void): void {
    for (const { redis } of [...this.#primaries.items, ...this.#replicas.items]) follow(redis);
  }

  client(access: Access): Redis {
    const replica = access === 'read' ? this.#readyReplica() : undefined;
    return (replica ?? this.#primaries.items[0]!).redis;
  }

  async close(): Promise<void> {
    const links = [...this.#primaries.items, ...this.#replicas.items];
    await Promise.all([this.#blocking.close(), ...links.map((link) => link.close())]);
  }

  /** Leaves the server that is the primary no more, and does not wait to find the new one. */
  protected followPrimary(address: string): void {
    for (const { isReady, peer, redis } of this.#primaries.items) {
      if (isReady && peer !== address) redis.disconnect(true);
      if (redis.status === 'reconnecting') redis.connect().catch(() => undefined);
    }
  }

  #readyReplica(): RedisLink | undefined {
    return this.#replicas.find((link) => link.isReady);
  }
}

/** What the primary may well answer: the replica is gone, or has no data (yet). */
function isReplicasTrouble(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof Error && notNow.test(error.message));
}
