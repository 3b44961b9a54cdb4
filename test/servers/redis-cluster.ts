import { type ClusterViewNode, ownsSlot, parseClusterNodes } from './cluster-view.js';
import { isInSync } from './replication.js';
import { type RedisServer } from './server.js';
import { admin } from './server-config.js';
import { stopAll } from './start-all.js';
import { waitFor } from './wait-for.js';

const keysPerMigrate = 100;

/** A running Redis or Valkey cluster; `startCluster` creates one. */
export class RedisCluster implements AsyncDisposable {
  constructor(readonly nodes: readonly RedisServer[]) {}

  /**
   * Sends one command to the first node that answers and, after `MOVED`, to the node that it names: like `redis-cli
   * -c`.
   */
  async cli(...args: string[]): Promise<string> {
    const node = this.anyNode();
    try {
      return await node.cli(...args);
    } catch (error) {
      const moved = /MOVED \d+ \S*:(\d+)/.exec((error as Error).message);
      if (!moved) throw error;
      return this.nodeAt(Number(moved[1])).cli(...args);
    }
  }

  /** The nodes that own slots now. */
  async primaries(): Promise<RedisServer[]> {
    const view = await this.view(this.anyNode());
    return view.filter((seen) => seen.isPrimary && seen.isConnected).map((seen) => this.nodeAt(seen.port));
  }

  /** The current replicas: all of them, or those of one primary. */
  async replicas(primary?: RedisServer): Promise<RedisServer[]> {
    const view = await this.view(this.anyNode());
    const primaryId = primary && view.find((seen) => seen.port === primary.port)?.id;
    return view
      .filter((seen) => !seen.isPrimary && seen.isConnected && (!primary || seen.primaryId === primaryId))
      .map((seen) => this.nodeAt(seen.port));
  }

  async slotOwner(slot: number): Promise<RedisServer> {
    return this.ownerSeenBy(this.anyNode(), slot);
  }

  /** Moves a slot and its keys, as a resharding does. */
  async moveSlot(slot: number, to: RedisServer): Promise<void> {
    await this.setMigrating(slot, to);
    await this.migrateKeys(slot, to);
    await this.finishMigration(slot, to);
  }

  /** From now on the owner answers `ASK` for keys of the slot that it does not hold (any more). */
  async setMigrating(slot: number, to: RedisServer): Promise<void> {
    const from = await this.slotOwner(slot);
    await to.cli('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', await idOf(from));
    await from.cli('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', await idOf(to));
  }

  /** Moves the keys of a migrating slot, or only the given ones. */
  async migrateKeys(slot: number, to: RedisServer, keys?: string[]): Promise<void> {
    const from = await this.slotOwner(slot);
    if (keys) return migrate(from, to, keys);
    for (;;) {
      const reply = await from.cli('CLUSTER', 'GETKEYSINSLOT', String(slot), String(keysPerMigrate));
      if (reply === '') return;
      await migrate(from, to, reply.split('\n'));
    }
  }

  /** Gives the slot to its new owner; resolves when every node knows. */
  async finishMigration(slot: number, to: RedisServer): Promise<void> {
    const others = (await this.primaries()).filter((node) => node !== to);
    const id = await idOf(to);
    // The new owner first: otherwise the slot would have no owner for a moment.
    for (const node of [to, ...others]) await node.cli('CLUSTER', 'SETSLOT', String(slot), 'NODE', id);
    await waitFor(() => this.isKnownOwner(to, slot), { what: `every node to know the new owner of slot ${slot}` });
  }

  /**
   * `CLUSTER FAILOVER`: makes a replica the primary of its slots. Its primary must be alive, except with `FORCE` (the
   * other primaries agree) and `TAKEOVER` (no agreement). Resolves when every node knows.
   */
  async failover(replica: RedisServer, mode?: 'FORCE' | 'TAKEOVER'): Promise<void> {
    await replica.cli('CLUSTER', 'FAILOVER', ...(mode ? [mode] : []));
    await waitFor(
      async () =>
        (await this.views()).every((view) => view.some((seen) => seen.port === replica.port && seen.isPrimary)),
      { what: 'every node to know the new primary' },
    );
  }

  /** Resolves when all answering nodes are connected and agree, every slot is served, and replicas are in sync. */
  async settled(): Promise<void> {
    await waitFor(() => this.isSettled(), { what: 'the cluster to be ready', timeout: 20_000, every: 50 });
  }

  async stop(): Promise<void> {
    await stopAll([...this.nodes]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async isSettled(): Promise<boolean> {
    const answering = new Set(this.answering.map((node) => node.port));
    const views = (await this.views()).map((view) => view.filter((seen) => answering.has(seen.port)));
    const agreed = new Set(views.map((view) => JSON.stringify(view.toSorted((a, b) => a.port - b.port)))).size === 1;
    const [view = []] = views;
    if (!agreed || view.length !== answering.size || !view.every((seen) => seen.isConnected)) return false;
    const states = await Promise.all(this.answering.map((node) => node.cli('CLUSTER', 'INFO')));
    const replicas = view.filter((seen) => !seen.isPrimary).map((seen) => isInSync(this.nodeAt(seen.port)));
    return states.every((state) => state.includes('cluster_state:ok')) && (await Promise.all(replicas)).every(Boolean);
  }

  private async view(node: RedisServer): Promise<ClusterViewNode[]> {
    return parseClusterNodes(await node.cli('CLUSTER', 'NODES'));
  }

  private views(): Promise<ClusterViewNode[][]> {
    return Promise.all(this.answering.map((node) => this.view(node)));
  }

  /**
   * Includes its new epoch: a later owner that does not know it would choose the same epoch, and nodes that hear both
   * would stay with the first.
   */
  private async isKnownOwner(owner: RedisServer, slot: number): Promise<boolean> {
    const own = (await this.view(owner)).find((seen) => seen.port === owner.port);
    return (await this.views()).every((view) => {
      const seen = view.find((each) => ownsSlot(each, slot));
      return seen?.port === owner.port && seen.epoch === own?.epoch;
    });
  }

  private async ownerSeenBy(node: RedisServer, slot: number): Promise<RedisServer> {
    const owner = (await this.view(node)).find((seen) => ownsSlot(seen, slot));
    if (!owner) throw new Error(`No node owns slot ${slot}`);
    return this.nodeAt(owner.port);
  }

  private nodeAt(port: number): RedisServer {
    const node = this.nodes.find((each) => each.port === port);
    if (!node) throw new Error(`No node of this cluster is on port ${port}`);
    return node;
  }

  private get answering(): RedisServer[] {
    return this.nodes.filter((node) => node.isAnswering);
  }

  private anyNode(): RedisServer {
    const [node] = this.answering;
    if (!node) throw new Error('No node of this cluster answers');
    return node;
  }
}

export function idOf(node: RedisServer): Promise<string> {
  return node.cli('CLUSTER', 'MYID');
}

async function migrate(from: RedisServer, to: RedisServer, keys: string[]): Promise<void> {
  const auth = ['AUTH2', admin.username, admin.password];
  await from.cli('MIGRATE', to.host, String(to.port), '', '0', '5000', ...auth, 'KEYS', ...keys);
}
