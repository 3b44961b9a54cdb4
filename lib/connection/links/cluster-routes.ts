import type { Access } from '../../wire/connection-pool.js';
import type { ResolvedCluster } from '../../options/index.js';
import type { Place } from './cluster-call.js';
import type { ClusterDriver } from '../driver/cluster-driver.js';
import type { ClusterNodes } from './cluster-nodes.js';
import type { RedisLink } from './redis-link.js';

/** How often to look for a new owner while calls miss a node. */
const seekEveryMs = 500;

/** Where calls go according to the known slots, and the search for their owners. */
export class ClusterRoutes {
  private seeking: NodeJS.Timeout | undefined;

  constructor(
    private readonly cluster: ClusterDriver,
    private readonly nodes: ClusterNodes,
    private readonly readFrom: ResolvedCluster['readFrom'],
  ) {}

  /** A node to send to at once. */
  openOwner(slot: number | undefined, access: Access): RedisLink | undefined {
    if (slot === undefined || this.goesToReplica(access)) return undefined;
    const owner = this.nodes.ownerOf(slot);
    return owner?.isOpen ? owner : undefined;
  }

  placeOf(slot: number | undefined, access: Access): Place | undefined {
    const replica = slot !== undefined && this.goesToReplica(access) ? this.nodes.replicaOf(slot) : undefined;
    if (replica) return { node: replica, isReplica: true };
    const node = slot === undefined ? this.nodes.any() : this.nodes.ownerOf(slot);
    return node && { node };
  }

  /** Like {@link placeOf}; if the owner is unknown, looks the slots up again, which takes at most `ms`. */
  async find(slot: number | undefined, ms: number): Promise<RedisLink | undefined> {
    if (!this.placeOf(slot, 'write')) await this.cluster.refresh.within(ms);
    return this.placeOf(slot, 'write')?.node;
  }

  /** The slots may have another owner by now. */
  doubt(): void {
    this.cluster.refresh.begin();
    this.seek();
  }

  /** While calls miss a node, its slots may have moved to another one without notice. */
  seek(): void {
    this.seeking ??= setTimeout(() => {
      this.seeking = undefined;
      if (!this.nodes.areMissed || this.cluster.status !== 'ready') return;
      this.doubt();
    }, seekEveryMs).unref();
  }

  private goesToReplica(access: Access): boolean {
    return access === 'read' && this.readFrom === 'replica';
  }
}
