import type {
  Access,
  BlockingWireCommand,
  ChannelKind,
  ChannelListener,
  ConnectionPool,
  ServerNode,
  ChannelSubscription,
  Topology,
  WireArgument,
  WireCommand,
} from '../../wire/connection-pool.js';
import type { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { ResolvedServer } from '../../options/resolved.options.js';
import type { AnnouncedServer } from '../driver/announced-server.js';
import { BlockingConnections } from '../blocking/blocking-connections.js';
import { Demotion } from '../links/demotion.js';
import { pause } from '../../waiting/pause.js';
import { endedWait } from '../../wire/server-errors.js';
import type { Endpoint } from '../driver/endpoint.js';
import { openRedis } from '../driver/open-redis.js';
import { peerOf } from '../driver/peer.js';
import { RedisLink } from '../links/redis-link.js';
import { SharedSubscription } from '../links/shared-subscription.js';
import { isReplicasTrouble, Replicas, timeForReplica } from '../links/replicas.js';
import { RoundRobin } from './round-robin.js';

/** The pause between two looks for the new primary. */
const failoverPauseMs = 50;

/** How to open the connections. */
export interface Servers {
  readonly primary: Endpoint;
  readonly replicas: readonly Endpoint[];
}

/**
 * A primary that holds all keys, and replicas if reads may go to them: in turn to those that answer, to the primary if
 * none does.
 */
export abstract class ReplicatedPool implements ConnectionPool {
  abstract readonly topology: Topology;
  // Not `private`: inspection would show the options of the connections, including passwords.
  readonly #connection: ResolvedServer;
  readonly #servers: Servers;
  readonly #primaries: RoundRobin<RedisLink>;
  readonly #replicas: readonly RedisLink[];
  readonly #inTurn = new Replicas<RedisLink>();
  readonly #blocking: BlockingConnections;
  readonly #shared = new SharedSubscription(() => this.#servers.primary);

  protected constructor(connection: ResolvedServer, servers: Servers, logger: Pick<Logger, 'warn' | 'log'>) {
    // All connections react to what one of them is told about its server.
    const demotion = new Demotion(() => this.#primaries.items.forEach((link) => link.leave()));
    const links = (endpoint: Endpoint, ofPrimary?: Demotion): RedisLink[] =>
      Array.from({ length: connection.poolSize }, () => new RedisLink(openRedis(endpoint), logger, ofPrimary));
    this.#connection = connection;
    this.#servers = servers;
    this.#primaries = new RoundRobin(links(servers.primary, demotion));
    this.#replicas = servers.replicas.flatMap((replica) => links(replica));
    this.#blocking = new BlockingConnections(connection);
    if (!servers.primary.options.sentinels) return;
    for (const { redis } of this.#primaries.items) redis.on('ready', () => this.#gather(peerOf(redis)));
  }

  async connect(): Promise<void> {
    const open = (link: RedisLink): Promise<void> => link.open(this.#connection.connectTimeoutMs);
    for (const link of this.#replicas) open(link).catch(() => undefined);
    const opened = Promise.all(this.#primaries.items.map(open));
    if (this.#connection.connect === 'eager') await opened;
    else opened.catch(() => undefined);
  }

  send(command: WireCommand): Promise<unknown> {
    if (command.access === 'write' || this.#replicas.length === 0) return this.#primaries.next().send(command);
    return this.#read(command, performance.now() + this.#connection.commandTimeoutMs);
  }

  sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    const replica = this.#replicas.length === 0 ? undefined : this.#readyReplica();
    if (!replica || !commands.every(({ access }) => access === 'read')) return this.#primaries.next().sendAll(commands);
    return this.#readAll(commands, replica);
  }

  async #readAll(commands: readonly WireCommand[], replica: RedisLink): Promise<unknown[]> {
    const { commandTimeoutMs } = this.#connection;
    const deadline = performance.now() + commandTimeoutMs;
    const answers = await replica.sendAll(commands, timeForReplica(commandTimeoutMs));
    if (!answers.some(isReplicasTrouble)) return answers;
    this.#inTurn.rest(replica);
    return this.#primaries.next().sendAll(commands, timeUntil(deadline));
  }

  transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.#primaries.next().transaction(commands);
  }

  sendBlocking(command: BlockingWireCommand): Promise<unknown> {
    const { signal } = command.blocking;
    return this.#blocking.send(command, (waitAt) =>
      this.#throughFailover(() => waitAt({ endpoint: this.#servers.primary, shared: this.#primaries.next() }), signal),
    );
  }

  subscribe(name: WireArgument, listener: ChannelListener, kind?: ChannelKind): ChannelSubscription {
    return this.#shared.subscribe(name, listener, kind);
  }

  async primaries(): Promise<readonly ServerNode[]> {
    return [this.#primaries.next()];
  }

  /** Replicas are no older than their primary: they are updated first, so that one can replace it. */
  serverOf(): RedisLink['look']['version'] {
    return this.#primaries.next().look.version;
  }

  onConnection(follow: (connection: Redis) => void): void {
    for (const { redis } of [...this.#primaries.items, ...this.#replicas]) follow(redis);
  }

  client(access: Access): Redis {
    const replica = access === 'read' ? this.#readyReplica() : undefined;
    return (replica ?? this.#primaries.items[0]!).redis;
  }

  async close(waitedMs?: number): Promise<void> {
    const { login, sentinelLogin } = this.#servers.primary;
    login?.close();
    sentinelLogin?.close();
    const links = [...this.#primaries.items, ...this.#replicas];
    await Promise.all([this.#shared.close(), this.#blocking.close(), ...links.map((link) => link.close(waitedMs))]);
  }

  /** Leaves a server that is no longer the primary, without waiting for the new one. */
  protected followPrimary(primary: AnnouncedServer): void {
    for (const link of this.#primaries.items) {
      const { redis } = link;
      if (primary.isLeftBy(redis)) link.remake();
      else if (redis.status === 'reconnecting') redis.connect().catch(() => undefined);
    }
    this.#leave((redis) => primary.isLeftBy(redis));
  }

  /** Blocking calls and subscriptions follow the shared connections. */
  #gather(peer: string): void {
    this.#leave((redis) => redis.status === 'ready' && peerOf(redis) !== peer);
  }

  #leave(isLeft: (redis: Redis) => boolean): void {
    this.#blocking.leave(isLeft);
    this.#shared.leave(isLeft);
  }

  /** A failover ends waits before a reply arrived: they continue at the new primary, which may not be known at once. */
  async #throughFailover(wait: () => Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
    const { commandTimeoutMs } = this.#connection;
    let deadline = 0;
    for (;;) {
      const start = performance.now();
      try {
        return await wait();
      } catch (error) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects with errors only
        if (!endedWait.test((error as Error).message)) throw error;
        const now = performance.now();
        if (deadline === 0 || now - start > commandTimeoutMs) deadline = now + commandTimeoutMs;
        else if (now > deadline) throw error;
      }
      await pause(failoverPauseMs, signal);
    }
  }

  /** Tries one replica after the other while they cannot answer. */
  #read(command: WireCommand, deadline: number): Promise<unknown> {
    const replica = this.#readyReplica();
    const leftMs = timeUntil(deadline);
    if (!replica) return this.#primaries.next().send(command, leftMs);
    return replica.send(command, timeForReplica(leftMs)).catch((error) => {
      if (!isReplicasTrouble(error)) throw error;
      this.#inTurn.rest(replica);
      return this.#read(command, deadline);
    });
  }

  #readyReplica(): RedisLink | undefined {
    return this.#inTurn.pick(this.#replicas, isReady);
  }
}

const isReady = (link: RedisLink): boolean => link.isReady;

const timeUntil = (deadline: number): number => Math.max(1, deadline - performance.now());
