import { Cluster, type ClusterNode, type ClusterOptions, type Redis } from 'ioredis';
import type { ClusterDriver } from './cluster-driver.js';
import { changed, type Endpoint, endpointOf } from './endpoint.js';
import { failQueued, groupSlots, nodeConnections, noNodeAnswered, refreshSlots, startupNodes } from './internals.js';
import { logIn } from './log-in.js';
import type { Login } from './login.js';
import { mapped } from './nat-map.js';
import { decideReadinessOf } from './ready-check.js';
import { isLost, type Redirection } from './redirection.js';
import { placesOf, type SlotRange, writeOwners } from './slots-reply.js';
import { SlotsRefresh } from './slots-refresh.js';
import { SlotsSearch } from './slots-search.js';

const ignore = (): void => undefined;

/**
 * The driver's client of a cluster, with its own search for the owners of slots. The driver asks one node after the
 * other, never returns to the addresses that it was given, and overlooks nodes that are named without a host: if a
 * cluster has moved to other addresses, it notices only when the last of the old ones has timed out.
 */
export class ClusterClient extends Cluster implements ClusterDriver {
  readonly #search = new SlotsSearch({
    known: () => this.nodes().map(endpointOf),
    // Looked up again each time.
    given: async () => {
      const anyNode: Endpoint = { options: this.options.redisOptions ?? {}, login: this.login };
      return (await startupNodes(this)).map((address) => changed(anyNode, address));
    },
    timeoutMs: this.options.slotsRefreshTimeout,
    onError: (error, address) => this.emit('node error', error, address),
  });
  readonly refresh = new SlotsRefresh(() => this.#findSlots());

  constructor(
    nodes: ClusterNode[],
    options: ClusterOptions,
    readonly login?: Login,
  ) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the library never asks for RESP3 replies, for which this mapping exists
    super(nodes, options as ClusterOptions & { redisOptions?: { replyMapping?: 'legacy' } });
    decideReadinessOf(this);
    this.on('+node', (node: Redis) => logIn(node, { login }));
  }

  forUsers(): Cluster {
    return this;
  }

  /** Called by the driver as well. */
  override [refreshSlots](callback?: (error?: Error | null) => void): void {
    this.refresh.run().then(() => callback?.(), callback ?? ignore);
  }

  /** Called by the driver: to follow a redirection to no address, it would throw where nobody can catch it. */
  override handleError(...[error, ttl, handlers]: Parameters<Cluster['handleError']>): void {
    if (isLost(error)) handlers.defaults();
    else super.handleError(error, ttl, handlers);
  }

  follow({ asking, slot, host, port }: Redirection, asked: Redis): string {
    const name = { host: host || asked.options.host!, port };
    const target = { ...(mapped(`${name.host}:${port}`, this.options.natMap) ?? name) };
    const address = `${target.host}:${target.port}`;
    nodeConnections(this).findOrCreate(target);
    if (!asking) this.slots[slot] = [address];
    return address;
  }

  forgetQueue(error: Error): void {
    failQueued(this, error);
  }

  async #findSlots(): Promise<void> {
    try {
      this.#take(await this.#search.find());
    } catch (error) {
      throw Object.assign(new Error(noNodeAnswered), { lastNodeError: error });
    }
    this.emit('refresh');
  }

  #take(ranges: readonly SlotRange[]): void {
    if (['disconnecting', 'close', 'end'].includes(this.status)) throw new Error('Cluster is disconnected.');
    const found = placesOf(ranges, this.options.natMap);
    const nodes = found.flatMap(({ places }) => places.map((place, index) => ({ ...place, readOnly: index > 0 })));
    writeOwners(this.slots, found);
    groupSlots(this);
    nodeConnections(this).reset(nodes);
  }
}
