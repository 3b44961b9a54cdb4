import type { ChannelListener, ChannelSubscription, WireArgument } from '../../wire/connection-pool.js';
import { endpointOf } from '../driver/endpoint.js';
import { pauseBefore } from '../driver/redis-options.js';
import type { ClusterLink } from './cluster-link.js';
import { ShardChannel } from './shard-channel.js';
import { SharedSubscription } from './shared-subscription.js';

/** How often to look for the owners of slots while all is well: a node reports only that it has given a slot away. */
const lookEveryMs = 5_000;

/** The sharded channels that are listened to on a cluster: one connection to each node that has some of them. */
export class ShardSubscriptions {
  readonly #link: ClusterLink;
  readonly #refreshMs: number;
  /** By address. */
  readonly #nodes = new Map<string, SharedSubscription>();
  readonly #channels = new Set<ShardChannel>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  /** Whether something has happened since the last look. */
  #isUrgent = false;
  #attempts = 0;

  /** @param refreshMs the time limit for looking up the slots */
  constructor(link: ClusterLink, refreshMs: number) {
    this.#link = link;
    this.#refreshMs = refreshMs;
  }

  subscribe(name: WireArgument, listener: ChannelListener): ChannelSubscription {
    const channel = new ShardChannel(name, listener, () => this.#lookSoon());
    this.#channels.add(channel);
    if (this.#place(channel)) this.#lookIn(lookEveryMs);
    else this.#lookSoon();
    return {
      close: async () => {
        this.#channels.delete(channel);
        await channel.close();
        this.#forgetIdleNodes();
      },
    };
  }

  async close(): Promise<void> {
    this.#channels.clear();
    clearTimeout(this.#timer);
    await Promise.all(Array.from(this.#nodes.values(), (node) => node.close()));
    this.#nodes.clear();
  }

  /** Whether the node of its slot is known. */
  #place(channel: ShardChannel): boolean {
    const owner = this.#link.nodes.ownerOf(channel.slot);
    if (!owner) return false;
    const { address, redis } = owner;
    if (channel.isAt(address)) return true;
    const node = this.#nodes.get(address) ?? new SharedSubscription(() => endpointOf(redis));
    this.#nodes.set(address, node);
    channel.moveTo(address, node);
    return true;
  }

  #lookSoon(): void {
    this.#isUrgent = true;
    this.#lookIn(0);
  }

  #lookIn(ms: number): void {
    if (this.#isLooking || this.#channels.size === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), ms).unref();
  }

  /** If no node answers, the slots are assumed to be where they were. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    this.#isUrgent = false;
    try {
      // Waits for a connection if there is none.
      await this.#link.primaries();
      await this.#link.cluster.refresh.within(this.#refreshMs);
    } catch {
      this.#isUrgent = true;
    }
    this.#isLooking = false;
    const placed = Array.from(this.#channels, (channel) => this.#place(channel) && channel.isListening);
    this.#forgetIdleNodes();
    const isWell = placed.every(Boolean) && !this.#isUrgent;
    this.#attempts = isWell ? 0 : this.#attempts + 1;
    this.#lookIn(isWell ? lookEveryMs : pauseBefore(this.#attempts));
  }

  #forgetIdleNodes(): void {
    for (const [address, node] of this.#nodes) if (node.isIdle) this.#nodes.delete(address);
  }
}
