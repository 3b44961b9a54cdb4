import { Cluster, type ClusterNode, type ClusterOptions, type Redis, type RedisOptions } from 'ioredis';
import { mapped } from './announced-server.js';
import { changed, type Endpoint, endpointOf, openRedis } from './endpoint.js';
import { firstAnswer } from './first-answer.js';
import { logIn } from './log-in.js';
import type { Login } from './login.js';
import { groupSlots, nodeConnections, noNodeAnswered, refreshSlots, startupNodes } from './internals.js';
import { pause } from '../../waiting/pause.js';
import type { Redirection } from './redirection.js';
import { type Address, type SlotRange, slotRanges, type SlotsReply } from './slots-reply.js';

/** So long one node is waited for alone that is asked for the slots; then another one is asked beside it. */
const slowMs = 200;

const ignore = (): void => undefined;

/**
 * The driver's client of a cluster, which finds out in its own way who has which slots. The driver asks one node after
 * the other, the addresses it was given never again, and overlooks nodes that are named without a host: a cluster that
 * has moved to other addresses it finds when the last of the old ones has been silent for long enough.
 */
export class ClusterClient extends Cluster {
  #refresh: Promise<void> | undefined;

  constructor(
    nodes: ClusterNode[],
    options: ClusterOptions,
    readonly login?: Login,
  ) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing here asks for replies of RESP3, which its mapping is for
    super(nodes, options as ClusterOptions & { redisOptions?: { replyMapping?: 'legacy' } });
    this.on('+node', (node: Redis) => logIn(node, { login }));
  }

  /** Called by the driver as well. */
  override [refreshSlots](callback?: (error?: Error | null) => void): void {
    this.refresh(callback);
  }

  /** Finds out anew who has which slots, unless somebody is at it. */
  refresh(callback?: (error?: Error | null) => void): void {
    this.#refresh ??= this.#findSlots().finally(() => (this.#refresh = undefined));
    this.#refresh.then(() => callback?.(), callback ?? ignore);
  }

  /** Waits for that; ends where nobody tells, or the time is over, too. */
  refreshed(ms: number, signal?: AbortSignal): Promise<void> {
    const refreshed = new Promise<void>((resolve) => this.refresh(() => resolve()));
    return Promise.race([refreshed, pause(ms, signal)]);
  }

  /** Takes note of what a node has answered, and gives the address to go to. */
  follow({ asking, slot, host, port }: Redirection, asked: Redis): string {
    const target = this.#mapped({ host: host || asked.options.host!, port });
    const address = `${target.host}:${target.port}`;
    nodeConnections(this).findOrCreate(target);
    if (!asking) this.slots[slot] = [address];
    return address;
  }

  async #findSlots(): Promise<void> {
    const found = new AbortController();
    const known = this.nodes().map(endpointOf);
    const askEach = (nodes: readonly Endpoint[]): Promise<SlotRange[]> =>
      firstAnswer(
        shuffled(nodes).map((node) => (signal) => this.#ask(node, signal)),
        slowMs,
        found.signal,
      );
    try {
      const lanes = [() => askEach(known), async () => askEach(await this.#others(known))];
      const ranges = await firstAnswer(lanes, slowMs, found.signal);
      this.#take(ranges);
    } catch (error) {
      throw Object.assign(new Error(noNodeAnswered), { lastNodeError: error });
    } finally {
      found.abort();
    }
    this.emit('refresh');
  }

  /** The addresses that it was given, looked up anew, without those that are asked anyway. */
  async #others(known: readonly Endpoint[]): Promise<Endpoint[]> {
    const given = await startupNodes(this);
    const isKnown = ({ host, port }: RedisOptions): boolean =>
      known.some(({ options }) => options.host === host && options.port === port);
    const anyNode: Endpoint = { options: this.options.redisOptions ?? {}, login: this.login };
    return given.filter((address) => !isKnown(address)).map((address) => changed(anyNode, address));
  }

  /** On a connection of its own: another one may have broken without anybody's notice, or wait. */
  async #ask(node: Endpoint, signal: AbortSignal): Promise<SlotRange[]> {
    const alone: RedisOptions = {
      lazyConnect: true,
      enableOfflineQueue: true,
      enableReadyCheck: false,
      readOnly: false,
      retryStrategy: () => null,
      protocol: 2,
      commandTimeout: this.options.slotsRefreshTimeout,
      connectionName: 'refresher',
    };
    const redis = openRedis(changed(node, alone));
    const { host, port } = node.options;
    const end = (): void => redis.disconnect();
    signal.addEventListener('abort', end);
    let trouble: Error | undefined;
    redis.on('error', (error: Error) => (trouble = error));
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver types every reply of CLUSTER as text; `slotRanges` reads it
      const reply = (await redis.cluster('SLOTS')) as unknown as SlotsReply;
      if (reply.length === 0) throw new Error('it knows of no slots');
      return slotRanges(reply, host!);
    } catch (error) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects with errors only
      const reason = trouble ?? (error as Error);
      if (!signal.aborted) this.emit('node error', reason, `${host}:${port}`);
      throw reason;
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }

  #take(ranges: readonly SlotRange[]): void {
    if (['disconnecting', 'close', 'end'].includes(this.status)) throw new Error('Cluster is disconnected.');
    const nodes: RedisOptions[] = [];
    for (const { start, end, servers } of ranges) {
      const addresses = servers.map((server, index) => {
        const node = this.#mapped(server);
        nodes.push({ ...node, readOnly: index > 0 });
        return `${node.host}:${node.port}`;
      });
      for (let slot = start; slot <= end; slot++) this.slots[slot] = addresses;
    }
    groupSlots(this);
    nodeConnections(this).reset(nodes);
  }

  #mapped({ host, port }: Address): RedisOptions {
    return { ...(mapped(`${host}:${port}`, this.options.natMap) ?? { host, port }) };
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
