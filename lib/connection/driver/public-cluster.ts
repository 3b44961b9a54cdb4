import { EventEmitter } from 'node:events';
import { Cluster, type ClusterOptions, type Redis, type RedisOptions } from 'ioredis';
import type { ClusterDriver } from './cluster-driver.js';
import { isReply } from './driver-errors.js';
import { changed, type Endpoint, endpointOf } from './endpoint.js';
import { logIn } from './log-in.js';
import type { Login } from './login.js';
import { type Address, mapped } from './nat-map.js';
import { openRedis } from './open-redis.js';
import type { Redirection } from './redirection.js';
import { placesOf, writeOwners } from './slots-reply.js';
import { SlotsRefresh } from './slots-refresh.js';
import { SlotsSearch } from './slots-search.js';

const ignore = (): void => undefined;
/** How long a node has to answer its last calls once it is no longer part of the cluster: it may be gone. */
const goneMs = 100;
const addressOf = ({ host, port }: RedisOptions): string => `${host}:${port}`;

/**
 * A client of a cluster that is made of the driver's clients of single servers: its public client of clusters neither
 * shows nor accepts the owners of slots. Users get the driver's own client, which connects when they use it.
 */
export class PublicCluster extends EventEmitter implements ClusterDriver {
  status: Cluster['status'] = 'wait';
  readonly slots: string[][] = [];
  readonly refresh = new SlotsRefresh(() => this.#findSlots());
  readonly #nodes = new Map<string, Redis>();
  readonly #search: SlotsSearch;
  #usersClient: Cluster | undefined;
  #attempts = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Whether it was closed for good. */
  #isLeft = false;

  constructor(
    private readonly startupNodes: readonly Address[],
    readonly options: ClusterOptions,
    private readonly login?: Login,
  ) {
    super();
    const anyNode: Endpoint = { options: options.redisOptions ?? {}, login };
    const given = startupNodes.map((address) => changed(anyNode, address));
    this.#search = new SlotsSearch({
      known: () => this.nodes().map(endpointOf),
      given: async () => given,
      timeoutMs: options.slotsRefreshTimeout,
      onError: (error, address) => this.emit('node error', error, address),
    });
  }

  forUsers(): Cluster {
    if (!this.#usersClient) {
      this.#usersClient = new Cluster([...this.startupNodes], { ...this.options, lazyConnect: true } as object);
      // Without a listener the driver prints every failed attempt.
      this.#usersClient.on('error', ignore);
      this.#usersClient.on('+node', (node: Redis) => logIn(node, { login: this.login }));
    }
    return this.#usersClient;
  }

  nodes(role: 'all' | 'master' = 'all'): Redis[] {
    const nodes = [...this.#nodes.values()];
    return role === 'all' ? nodes : nodes.filter(({ options }) => !options.readOnly);
  }

  async connect(): Promise<void> {
    if (this.#is('connecting', 'connect', 'ready')) throw new Error('it is connecting, or connected');
    clearTimeout(this.#timer);
    this.#isLeft = false;
    this.#become('connecting');
    try {
      await this.refresh.run();
      if (!this.#is('connecting')) return;
      this.#become('connect');
      await this.#check();
      if (!this.#is('connect')) return;
      this.#attempts = 0;
      this.#become('ready');
      this.#refreshLater();
    } catch (error) {
      if (!this.#is('connecting', 'connect')) return;
      if (this.listenerCount('error') > 0) this.emit('error', error);
      this.disconnect(true);
    }
  }

  disconnect(reconnect = false): void {
    if (this.status === 'end') return;
    this.#isLeft = !reconnect;
    this.#usersClient?.disconnect();
    clearTimeout(this.#timer);
    this.#become('disconnecting');
    if (this.#nodes.size === 0) return this.#closed();
    for (const node of this.nodes()) node.disconnect();
  }

  async quit(): Promise<void> {
    this.#isLeft = true;
    clearTimeout(this.#timer);
    this.#become('disconnecting');
    if (this.#nodes.size === 0) return this.#closed();
    const ready = this.nodes().filter(({ status }) => status === 'ready');
    for (const node of this.nodes()) if (node.status !== 'ready') node.disconnect();
    const clients = this.#usersClient?.status === 'ready' ? [this.#usersClient, ...ready] : ready;
    await Promise.all(clients.map((client) => client.quit().catch(ignore)));
  }

  follow({ asking, slot, host, port }: Redirection, asked: Redis): string {
    const name = { host: host || asked.options.host!, port };
    const target = { ...(mapped(addressOf(name), this.options.natMap) ?? name) };
    if (!this.#nodes.has(addressOf(target))) this.#open(target, false);
    if (!asking) this.slots[slot] = [addressOf(target)];
    return addressOf(target);
  }

  /** No call waits here: the library's own queue is elsewhere. */
  forgetQueue(): void {}

  async #findSlots(): Promise<void> {
    const ranges = await this.#search.find();
    if (this.#is('disconnecting', 'close', 'end')) throw new Error('it is disconnected');
    const isReplica = new Map<string, boolean>();
    const found = placesOf(ranges, this.options.natMap);
    for (const { places } of found) {
      for (const [index, address] of places.map(addressOf).entries()) {
        if (index === 0 || !isReplica.has(address)) isReplica.set(address, index > 0);
      }
    }
    writeOwners(this.slots, found);
    this.#keepOnly(isReplica);
    for (const place of found.flatMap(({ places }) => places)) {
      if (!this.#nodes.has(addressOf(place))) this.#open(place, isReplica.get(addressOf(place))!);
    }
    this.emit('refresh');
  }

  /** Reconnects to nodes whose role has changed: the driver tells a server its role when it connects. */
  #keepOnly(isReplica: ReadonlyMap<string, boolean>): void {
    for (const [address, node] of this.#nodes) {
      if (isReplica.get(address) === node.options.readOnly) continue;
      this.#nodes.delete(address);
      this.emit('-node', node);
      this.#leave(node, isReplica.has(address));
    }
  }

  /** Lets calls under way finish: a view may lag behind the redirection that led them to this node. */
  #leave(node: Redis, isKnown: boolean): void {
    if (node.status !== 'ready') return node.disconnect();
    const end = (): void => node.disconnect();
    const timer = isKnown ? undefined : setTimeout(end, goneMs).unref();
    node
      .quit()
      .catch(end)
      .finally(() => clearTimeout(timer));
  }

  #open(place: Address, readOnly: boolean): void {
    const { redisOptions, clusterNodeRetryStrategy = null } = this.options as ClusterOptions & {
      clusterNodeRetryStrategy?: RedisOptions['retryStrategy'];
    };
    const kind: RedisOptions = { retryStrategy: clusterNodeRetryStrategy, enableOfflineQueue: true, lazyConnect: true };
    const node = openRedis({ options: { ...redisOptions, ...place, ...kind, readOnly }, login: this.login });
    const address = addressOf(place);
    this.#nodes.set(address, node);
    node.on('error', (error: Error) => this.emit('node error', error, address));
    node.once('end', () => {
      if (this.#nodes.get(address) !== node) return;
      this.#nodes.delete(address);
      this.emit('-node', node);
      if (this.#nodes.size === 0) this.#closed();
    });
    this.emit('+node', node);
  }

  /**
   * A cluster in which slots have no owner says so, and is asked again later. One that does not answer counts as ready.
   */
  async #check(): Promise<void> {
    if (this.options.enableReadyCheck === false) return;
    try {
      const [node] = this.nodes('master');
      if (node?.status === 'wait') await node.connect();
      const info = await node?.cluster('INFO');
      if (/^cluster_state:fail/m.test(String(info))) throw new Error('CLUSTERDOWN the cluster is down');
    } catch (error) {
      if (!isReply(error)) throw error;
    }
  }

  #refreshLater(): void {
    const { slotsRefreshInterval } = this.options;
    if (!slotsRefreshInterval) return;
    this.#timer = setTimeout(() => {
      const again = (): void => {
        if (this.status === 'ready') this.#refreshLater();
      };
      this.refresh.run().then(again, again);
    }, slotsRefreshInterval);
  }

  #closed(): void {
    clearTimeout(this.#timer);
    this.#become('close');
    const ms = this.#isLeft ? null : this.options.clusterRetryStrategy?.(++this.#attempts);
    if (typeof ms !== 'number') return this.#become('end');
    this.#become('reconnecting');
    this.#timer = setTimeout(() => void this.connect(), ms);
  }

  #is(...statuses: Cluster['status'][]): boolean {
    return statuses.includes(this.status);
  }

  /** Emitted in the next tick, as the driver does. */
  #become(status: Cluster['status']): void {
    this.status = status;
    process.nextTick(() => this.emit(status));
  }
}
