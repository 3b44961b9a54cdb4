import { randomInt } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import type { ResolvedCluster } from '../../options/index.js';
import { BlockingConnections } from '../blocking/blocking-connections.js';
import { type Endpoint, endpointOf } from '../driver/endpoint.js';
import type { Login } from '../driver/login.js';
import { loginOf } from '../driver/redis-options.js';
import { ClusterLink } from '../links/cluster-link.js';
import type {
  BlockingWireCommand,
  ChannelKind,
  ChannelListener,
  ConnectionPool,
  ServerNode,
  ChannelSubscription,
  WireArgument,
  WireCommand,
} from '../../wire/connection-pool.js';
import { hashSlot } from '../../wire/hash-slot.js';
import type { ServerVersion } from '../../wire/server-version.js';
import { SharedSubscription } from '../links/shared-subscription.js';
import { ShardSubscriptions } from '../links/shard-subscriptions.js';
import { RoundRobin } from './round-robin.js';

/** A cluster, over one client or several, each with a connection to every node. */
export class ClusterPool implements ConnectionPool {
  readonly topology = 'cluster';
  // Not `private`: inspection would show the options of the connections, including passwords.
  readonly #connection: ResolvedCluster;
  readonly #login: Login | undefined;
  readonly #links: RoundRobin<ClusterLink>;
  readonly #blocking: BlockingConnections;
  readonly #shared = new SharedSubscription(() => this.#anyNode());
  readonly #shards: ShardSubscriptions;
  /** The nodes that own slots, as each link knows them. */
  readonly #owners = new Map<ClusterLink, string>();

  constructor(connection: ResolvedCluster, logger: Pick<Logger, 'warn' | 'log'>) {
    this.#connection = connection;
    this.#login = loginOf(connection, logger);
    const link = (): ClusterLink => ClusterLink.to(connection, logger, this.#login);
    this.#links = new RoundRobin(Array.from({ length: connection.poolSize }, link));
    this.#blocking = new BlockingConnections(connection);
    this.#shards = new ShardSubscriptions(this.#links.items[0]!, connection.connectTimeoutMs);
    for (const link of this.#links.items) link.cluster.on('refresh', () => this.#follow(link));
  }

  readonly slotOf = hashSlot;

  async connect(): Promise<void> {
    const opened = Promise.all(this.#links.items.map((link) => link.open(this.#connection.connectTimeoutMs)));
    if (this.#connection.connect === 'eager') await opened;
    else opened.catch(() => undefined);
  }

  send(command: WireCommand): Promise<unknown> {
    return this.#links.next().send(command);
  }

  sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.#links.next().sendAll(commands);
  }

  transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    const slot = commands.find((command) => command.slot !== undefined)?.slot;
    return this.#links.next().atOwner(slot, ({ node, asking }, leftMs) => node.transaction(commands, asking, leftMs));
  }

  sendBlocking(command: BlockingWireCommand): Promise<unknown> {
    const link = this.#links.next();
    return this.#blocking.send(command, (waitAt) =>
      link.atOwner(
        command.slot,
        ({ node, asking }) => waitAt({ shared: node, endpoint: endpointOf(node.redis), asking }),
        command.blocking.signal,
      ),
    );
  }

  /** Every node delivers every message; those of a sharded channel only the nodes of its shard. */
  subscribe(name: WireArgument, listener: ChannelListener, kind?: ChannelKind): ChannelSubscription {
    return kind === 'shard' ? this.#shards.subscribe(name, listener) : this.#shared.subscribe(name, listener, kind);
  }

  primaries(): Promise<readonly ServerNode[]> {
    return this.#links.next().primaries();
  }

  serverOf({ slot }: Pick<WireCommand, 'slot'>): Promise<ServerVersion | undefined> {
    return this.#links.next().atOwner(slot, async ({ node }) => node.look.version);
  }

  onConnection(follow: (connection: Redis) => void): void {
    for (const { cluster } of this.#links.items) {
      cluster.nodes().forEach(follow);
      cluster.on('+node', follow);
    }
  }

  client(): Cluster {
    return this.#links.items[0]!.cluster.forUsers();
  }

  async close(waitedMs?: number): Promise<void> {
    this.#login?.close();
    await Promise.all([this.#shared.close(), this.#shards.close()]);
    await Promise.all([this.#blocking.close(), ...this.#links.items.map((link) => link.close(waitedMs))]);
  }

  /** Blocking calls and subscriptions follow the shared connections: a failed node ends no wait. */
  #follow(link: ClusterLink): void {
    const known = this.#owners.get(link);
    const owners = link.nodes.owners().join();
    if (owners === known) return;
    this.#owners.set(link, owners);
    if (known === undefined) return;
    for (const other of this.#links.items) if (other !== link) other.cluster.refresh.begin();
    const all = [...this.#owners.values()].flatMap((each) => each.split(','));
    const isLeft = ({ options }: Redis): boolean => !all.includes(`${options.host}:${options.port}`);
    this.#blocking.leave(isLeft);
    this.#shared.leave(isLeft);
  }

  async #anyNode(): Promise<Endpoint> {
    const nodes = await this.#links.next().primaries();
    return endpointOf(nodes[randomInt(nodes.length)]!.redis);
  }
}
