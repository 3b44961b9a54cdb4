import type { Access } from '../../wire/connection-pool.js';
import type { ResolvedCluster } from '../../options/index.js';
import type { Place } from './cluster-call.js';
import type { ClusterDriver } from '../driver/cluster-driver.js';
import type { ClusterNodes } from './cluster-nodes.js';
import type { RedisLink } from './redis-link.js';

/** How often it is looked whether another node has taken over, while there are calls that miss one. */
const seekEveryMs = 500;

/** Where calls go as far as the slots are known, and the search for who has them by now. */
export class ClusterRoutes {
  private seeking: NodeJS.Timeout | undefined;

  constructor(
    private readonly cluster: ClusterDriver,
    private readonly nodes: ClusterNodes,
    private readonly readFrom: ResolvedCluster['readFrom'],
  ) {}

  /** Where to send at once. */
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

  /** As {@link placeOf}, and where nobody is known the slots are looked up once more, which takes `ms` at most. */
  async find(slot: number | undefined, ms: number): Promise<RedisLink | undefined> {
    if (!this.placeOf(slot, 'write')) await this.cluster.refresh.within(ms);
    return this.placeOf(slot, 'write')?.node;
  }

  /** Somebody else may have the slots by now. */
  doubt(): void {
    this.cluster.refresh.begin();
    this.seek();
  }

  /** While there are calls that miss a node, its slots may have gone to another one, which nobody tells of. */
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
