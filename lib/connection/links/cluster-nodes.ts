import { errorText } from '../../errors/error-text.js';
import type { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { ClusterDriver } from '../driver/cluster-driver.js';
import { unquote } from '../driver/driver-errors.js';
import type { ResolvedCluster } from '../../options/index.js';
import { RedisLink } from './redis-link.js';
import { Replicas } from './replicas.js';

/** The cluster itself logs about its nodes. */
const silent = { warn: () => undefined, log: () => undefined };

/** The nodes of a cluster that one client is connected to. */
export class ClusterNodes {
  /** By address. */
  private readonly links = new Map<string, RedisLink>();
  private readonly troubled = new Set<string>();
  private readonly replicas = new Replicas<RedisLink>();

  constructor(
    private readonly cluster: ClusterDriver,
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

  /** A node that can be asked at once, if there is one. */
  any(): RedisLink | undefined {
    const primaries = this.cluster.nodes('master').map((node) => this.at(addressOf(node)));
    return primaries.find((link) => link?.isReady) ?? primaries[0];
  }

  at(address: string | undefined): RedisLink | undefined {
    return address === undefined ? undefined : this.links.get(address);
  }

  ownerOf(slot: number): RedisLink | undefined {
    return this.at(this.cluster.slots[slot]?.[0]);
  }

  /** The next replica that can answer a read. */
  replicaOf(slot: number): RedisLink | undefined {
    const [, ...addresses] = this.cluster.slots[slot] ?? [];
    const links = addresses.map((address) => this.at(address)).filter((link) => link !== undefined);
    return this.replicas.pick(links, ({ isReady }) => isReady);
  }

  /** Skips a replica that could not answer for a moment. */
  rest(replica: RedisLink): void {
    this.replicas.rest(replica);
  }

  /** Whether a call waits for a node, or too long for a reply. */
  get areMissed(): boolean {
    return this.all().some(({ isMissed }) => isMissed);
  }

  /** The addresses of the nodes that own slots, in order. */
  owners(): string[] {
    const owners = new Set<string>();
    // Skips gaps: slots may have no owner.
    this.cluster.slots.forEach(([owner]) => owners.add(owner!));
    return [...owners].toSorted();
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
    this.log.warn(`No connection to ${address}, a node of the cluster: ${errorText(unquote(error))}`);
  }
}

const addressOf = ({ options }: Redis): string => `${options.host}:${options.port}`;
