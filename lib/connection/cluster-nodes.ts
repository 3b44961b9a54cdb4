import type { Logger } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import type { ResolvedCluster } from '../options/index.js';
import { RedisLink } from './redis-link.js';

/** Of single nodes the cluster's own log tells. */
const silent = { warn: () => undefined, log: () => undefined };

/** The nodes of a cluster that one client has connections to. */
export class ClusterNodes {
  /** By address. */
  private readonly links = new Map<string, RedisLink>();
  private readonly troubled = new Set<string>();

  constructor(
    private readonly cluster: Cluster,
    private readonly readFrom: ResolvedCluster['readFrom'],
    private readonly log: Pick<Logger, 'warn' | 'log'>,
  ) {
    cluster.on('+node', (node: Redis) => this.added(node));
    cluster.on('-node', (node: Redis) => this.removed(node));
    cluster.on('node error', (error: Error, address: string) => this.failed(error, address));
  }

  all(): RedisLink[] {
    return [...this.links.values()];
  }

  any(): RedisLink | undefined {
    const [primary] = this.cluster.nodes('master');
    return primary && this.at(addressOf(primary));
  }

  at(address: string | undefined): RedisLink | undefined {
    return address === undefined ? undefined : this.links.get(address);
  }

  ownerOf(slot: number): RedisLink | undefined {
    return this.at(this.cluster.slots[slot]?.[0]);
  }

  replicasOf(slot: number): RedisLink[] {
    const [, ...addresses] = this.cluster.slots[slot] ?? [];
    return addresses.map((address) => this.at(address)).filter((link) => link !== undefined);
  }

  /** The addresses of those that have slots, in order. */
  owners(): string[] {
    return [...new Set(this.cluster.slots.map(([owner]) => owner!))].toSorted();
  }

  private added(node: Redis): void {
    const address = addressOf(node);
    this.links.set(address, new RedisLink(node, silent));
    node.on('ready', () => {
      if (this.troubled.delete(address)) this.log.log(`Connected to ${address}, a node of the cluster`);
    });
    if (node.options.readOnly && this.readFrom === 'primary') return;
    if (node.status === 'wait') node.connect().catch(() => undefined);
  }

  private removed(node: Redis): void {
    // Another connection to the same node may have taken its place.
    if (this.at(addressOf(node))?.redis === node) this.links.delete(addressOf(node));
  }

  private failed(error: Error, address: string): void {
    if (this.troubled.has(address)) return;
    this.troubled.add(address);
    this.log.warn(`No connection to ${address}, a node of the cluster: ${error.message}`);
  }
}

const addressOf = ({ options }: Redis): string => `${options.host}:${options.port}`;
