import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { Cluster, type Redis } from 'ioredis';
import type { Access } from '../commands/command.js';
import { ConnectionError } from '../errors/index.js';
import type { ResolvedCluster } from '../options/index.js';
import { ClusterCommand } from './cluster-command.js';
import { clusterOptions } from './cluster-options.js';
import type { WireCommand } from './connection-pool.js';
import { isReply } from './driver-errors.js';
import { isTimeout, Link } from './link.js';
import { RedisLink } from './redis-link.js';

/** How often a command is sent that certainly was not executed before. */
const attempts = 3;
const pauseMs = 100;

/** Refusals of a node: nothing was done, and another node may, or this one a little later. */
const redirections = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN|UNBLOCKED force)\b/;

/** How the driver gives up, with the last of the refusals. */
const tooManyRedirections = /^Too many Cluster redirections\. Last error: (?:ReplyError: )?(.*)/s;

/** Of single nodes the cluster's own log tells. */
const silent = { warn: () => undefined, log: () => undefined };

/** One client of a cluster: a connection to each of its nodes, which finds the slots wherever they are. */
export class ClusterLink extends Link {
  readonly address: string;
  private readonly links = new WeakMap<Redis, RedisLink>();
  private readonly troubled = new Set<string>();
  /** By address. */
  private readonly nodes = new Map<string, Redis>();

  static to(connection: ResolvedCluster, logger: Pick<Logger, 'warn' | 'log'>): ClusterLink {
    const nodes = connection.nodes.map((address) => ({ ...address }));
    return new ClusterLink(new Cluster(nodes, clusterOptions(connection)), connection, logger);
  }

  private constructor(
    readonly cluster: Cluster,
    private readonly connection: ResolvedCluster,
    private readonly log: Pick<Logger, 'warn' | 'log'>,
  ) {
    super(cluster, connection.commandTimeoutMs, log);
    this.address = `the cluster of ${connection.nodes.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
    cluster.on('+node', (node: Redis) => this.nodeAdded(node));
    cluster.on('-node', (node: Redis) => this.nodeRemoved(node));
    cluster.on('node error', (error: Error, address: string) => this.nodeDown(error, address));
  }

  send(command: WireCommand): Promise<unknown> {
    return this.whenReady(async (leftMs = this.connection.commandTimeoutMs) => {
      const deadline = performance.now() + leftMs;
      const outcomes = [await this.attempt(command, command.access, deadline)];
      await this.repeat([command], outcomes, deadline);
      const [outcome] = outcomes;
      if (outcome instanceof Failure) throw outcome.error;
      return outcome;
    });
  }

  /** All in one write per node; where one of them writes, the others read what it has written. */
  sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.whenReady(async (leftMs = this.connection.commandTimeoutMs) => {
      const deadline = performance.now() + leftMs;
      const outcomes = await this.attemptAll(commands, isReadOnly(commands) ? 'read' : 'write', deadline);
      await this.repeat(commands, outcomes, deadline);
      return outcomes.map((outcome) => (outcome instanceof Failure ? outcome.error : outcome));
    }).catch((error) => commands.map(() => error));
  }

  /**
   * Does something at the node that has a slot, and again at the next one as long as it is refused because slots are on
   * the move: nothing was done then.
   */
  async atOwner<T>(
    slot: number | undefined,
    attempt: (node: RedisLink) => Promise<T>,
    patienceMs = this.connection.commandTimeoutMs,
  ): Promise<T> {
    const deadline = performance.now() + patienceMs;
    for (let refusals = 0; ; refusals++) {
      try {
        return await attempt(await this.whenReady(() => this.ownerOf(slot)));
      } catch (error) {
        if (!redirections.test((error as Error).message) || performance.now() > deadline) throw error;
      }
      if (refusals > 0) await delay(pauseMs);
      await this.refresh();
    }
  }

  /** The nodes that have slots, in the order of their addresses. */
  primaries(): Promise<RedisLink[]> {
    return this.whenReady(async () => {
      const owners = (): string[] => [...new Set(this.cluster.slots.map(([owner]) => owner!))].toSorted();
      if (!owners().every((address) => this.findNode(address))) await this.refresh();
      return owners().map((address) => this.linkTo(this.findNode(address), `its node ${address}`));
    });
  }

  override explain(error: Error): Error {
    const [, last] = tooManyRedirections.exec(error.message) ?? [];
    if (last === undefined) return super.explain(error);
    return new ConnectionError(`${this.address} sent it from node to node, and none took it: ${last}`);
  }

  protected hasConnection(): boolean {
    return this.cluster.status === 'wait' || this.cluster.nodes().length > 0;
  }

  protected forgetQueue(error: Error): void {
    this.cluster['flushQueue'](error);
  }

  /**
   * Sends again what was certainly not executed, and reads always, to the primaries. Of commands that write, all those
   * of a slot or none: they must not overtake each other.
   */
  private async repeat(commands: readonly WireCommand[], outcomes: unknown[], deadline: number): Promise<void> {
    if (!outcomes.some(canRepeat)) return;
    let groups = isReadOnly(commands) ? commands.map((_, index) => [index]) : indexesBySlot(commands);
    for (let attempt = 2; attempt <= attempts; attempt++) {
      groups = groups.filter((group) => group.every((index) => canRepeat(outcomes[index])));
      if (groups.length === 0 || performance.now() + pauseMs >= deadline) return;
      await delay(pauseMs);
      if (this.cluster.status !== 'ready') return;
      const again = groups.flat();
      const answers = await this.attemptAll(
        again.map((index) => commands[index]!),
        'write',
        deadline,
      );
      for (const [position, index] of again.entries()) outcomes[index] = answers[position];
    }
  }

  private attemptAll(commands: readonly WireCommand[], access: Access, deadline: number): Promise<unknown[]> {
    return this.inOneWritePerNode(() =>
      Promise.all(commands.map((command) => this.attempt(command, access, deadline))),
    );
  }

  /** The reply, or a failure; the driver itself follows MOVED and ASK. */
  private async attempt(wire: WireCommand, access: Access, deadline: number): Promise<unknown> {
    if (!this.knowsNode(wire.slot, access)) {
      this.cluster.refreshSlotsCache();
      return new Failure(this.unreachable(`at the node of slot ${wire.slot}`), true);
    }
    const command = new ClusterCommand({ ...wire, access }, Math.max(1, deadline - performance.now()));
    this.gatherAt(wire.slot);
    try {
      return await this.cluster.sendCommand(command.driven);
    } catch (error) {
      if (isTimeout(error as Error)) this.cluster.refreshSlotsCache();
      return new Failure(this.explain(error as Error), isSafeToRepeat(error as Error, wire, command));
    }
  }

  private gatherAt(slot: number | undefined): void {
    const owner = slot === undefined ? undefined : this.findNode(this.cluster.slots[slot]?.[0]);
    if (owner) this.linkTo(owner, 'its owner').batch.add();
  }

  /** Otherwise the driver asks any node, for each command another one, and commands of a pipeline overtake each other. */
  private knowsNode(slot: number | undefined, access: Access): boolean {
    if (slot === undefined) return true;
    const [owner, ...replicas] = this.cluster.slots[slot] ?? [];
    if (this.findNode(owner)) return true;
    const { readFrom } = this.connection;
    return (
      access === 'read' && readFrom === 'replica' && replicas.some((each) => this.findNode(each)?.status === 'ready')
    );
  }

  private async ownerOf(slot: number | undefined): Promise<RedisLink> {
    const find = (): Redis | undefined =>
      slot === undefined ? this.cluster.nodes('master')[0] : this.findNode(this.cluster.slots[slot]?.[0]);
    if (!find()) await this.refresh();
    return this.linkTo(find(), slot === undefined ? 'any node' : `the node of slot ${slot}`);
  }

  private linkTo(node: Redis | undefined, what: string): RedisLink {
    if (!node) throw this.unreachable(`at ${what}`);
    const link = this.links.get(node) ?? new RedisLink(node, silent);
    this.links.set(node, link);
    return link;
  }

  private findNode(address: string | undefined): Redis | undefined {
    return address === undefined ? undefined : this.nodes.get(address);
  }

  /** Asks a node who has which slots; ends where none answers, too. */
  private refresh(): Promise<void> {
    return new Promise((resolve) => this.cluster.refreshSlotsCache(() => resolve()));
  }

  private nodeAdded(node: Redis): void {
    this.nodes.set(addressOf(node), node);
    node.on('ready', () => {
      if (this.troubled.delete(addressOf(node))) this.log.log(`Connected to ${addressOf(node)}, a node of the cluster`);
    });
    if (node.options.readOnly && this.connection.readFrom === 'primary') return;
    if (node.status === 'wait') node.connect().catch(() => undefined);
  }

  private nodeRemoved(node: Redis): void {
    // Another connection to the same node may have taken its place.
    if (this.nodes.get(addressOf(node)) === node) this.nodes.delete(addressOf(node));
  }

  private nodeDown(error: Error, address: string): void {
    if (this.troubled.has(address)) return;
    this.troubled.add(address);
    this.log.warn(`No connection to ${address}, a node of the cluster: ${error.message}`);
  }

  private inOneWritePerNode<T>(send: () => T): T {
    const batches = this.cluster.nodes().map((node) => this.linkTo(node, 'a node').batch);
    for (const batch of batches) batch.hold();
    try {
      return send();
    } finally {
      for (const batch of batches) batch.flush();
    }
  }
}

/** What came of an attempt that failed. */
class Failure {
  constructor(
    readonly error: Error,
    readonly canRepeat: boolean,
  ) {}
}

const canRepeat = (outcome: unknown): boolean => outcome instanceof Failure && outcome.canRepeat;

const isReadOnly = (commands: readonly WireCommand[]): boolean => commands.every(({ access }) => access === 'read');

/** Where the commands of each slot stand; those without one stand alone. */
function indexesBySlot(commands: readonly WireCommand[]): number[][] {
  const groups = new Map<unknown, number[]>();
  for (const [index, command] of commands.entries()) {
    const group = groups.get(command.slot ?? command);
    if (group) group.push(index);
    else groups.set(command.slot ?? command, [index]);
  }
  return [...groups.values()];
}

const addressOf = ({ options }: Redis): string => `${options.host}:${options.port}`;

function isSafeToRepeat(error: Error, { access }: WireCommand, { wasSent }: ClusterCommand): boolean {
  if (isReply(error)) return error.message.startsWith('CLUSTERDOWN');
  return !isTimeout(error) && (access === 'read' || !wasSent);
}
