import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { Cluster } from 'ioredis';
import type { Access } from '../commands/command.js';
import { ConnectionError } from '../errors/index.js';
import type { ResolvedCluster } from '../options/index.js';
import { ClusterCommand } from './cluster-command.js';
import { ClusterNodes } from './cluster-nodes.js';
import { clusterOptions } from './cluster-options.js';
import type { WireCommand } from './connection-pool.js';
import { isReply } from './driver-errors.js';
import { isTimeout, Link } from './link.js';
import type { RedisLink } from './redis-link.js';
import { TimedCommand } from './reply-deadlines.js';
import { inOneWrite } from './write-batch.js';

/** How often a command is sent that certainly was not executed before. */
const attempts = 3;
const pauseMs = 100;

/** Refusals of a node: nothing was done, and another node may, or this one a little later. */
const redirections = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN|UNBLOCKED force)\b/;

/** How the driver gives up, with the last of the refusals. */
const tooManyRedirections = /^Too many Cluster redirections\. Last error: (?:ReplyError: )?(.*)/s;

/** One client of a cluster: a connection to each of its nodes, which finds the slots wherever they are. */
export class ClusterLink extends Link {
  readonly address: string;
  private readonly nodes: ClusterNodes;

  static to(connection: ResolvedCluster, logger: Pick<Logger, 'warn' | 'log'>): ClusterLink {
    const nodes = connection.nodes.map((address) => ({ ...address }));
    return new ClusterLink(new Cluster(nodes, clusterOptions(connection)), connection, logger);
  }

  private constructor(
    readonly cluster: Cluster,
    private readonly connection: ResolvedCluster,
    log: Pick<Logger, 'warn' | 'log'>,
  ) {
    super(cluster, connection.commandTimeoutMs, log);
    this.nodes = new ClusterNodes(cluster, connection.readFrom, log);
    this.address = `the cluster of ${connection.nodes.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
  }

  send(command: WireCommand): Promise<unknown> {
    return this.whenReady((leftMs = this.connection.commandTimeoutMs) => {
      const owner = this.readyOwner(command.slot, command.access);
      if (!owner) return this.sendThroughDriver(command, performance.now() + leftMs);
      const sent = dispatch(command, owner, leftMs);
      return sent.promise.catch((error: Error) => {
        const failure = this.failed(error, command, sent.wasSent);
        if (!failure.canRepeat) throw failure.error;
        return this.sendThroughDriver(command, sent.deadline!);
      });
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
      const { nodes } = this;
      if (!nodes.owners().every((address) => nodes.at(address))) await this.refresh();
      return nodes.owners().map((address) => this.known(nodes.at(address), `its node ${address}`));
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
    const batches = this.nodes.all().map(({ batch }) => batch);
    return inOneWrite(batches, () => Promise.all(commands.map((command) => this.attempt(command, access, deadline))));
  }

  /** The reply, or a failure. Without the driver's help where the owner can be reached: that takes half the time. */
  private async attempt(wire: WireCommand, access: Access, deadline: number): Promise<unknown> {
    const owner = this.readyOwner(wire.slot, access);
    if (!owner) return this.attemptThroughDriver(wire, access, deadline);
    const command = dispatch(wire, owner, deadline - performance.now());
    try {
      return await command.promise;
    } catch (error) {
      if (redirections.test((error as Error).message)) return this.attemptThroughDriver(wire, access, deadline);
      return this.failed(error as Error, wire, command.wasSent);
    }
  }

  private async sendThroughDriver(command: WireCommand, deadline: number): Promise<unknown> {
    const outcomes = [await this.attemptThroughDriver(command, command.access, deadline)];
    await this.repeat([command], outcomes, deadline);
    const [outcome] = outcomes;
    if (outcome instanceof Failure) throw outcome.error;
    return outcome;
  }

  /** The reply, or a failure; the driver itself follows MOVED and ASK. */
  private async attemptThroughDriver(wire: WireCommand, access: Access, deadline: number): Promise<unknown> {
    if (!this.knowsNode(wire.slot, access)) {
      this.cluster.refreshSlotsCache();
      return new Failure(this.unreachable(`at the node of slot ${wire.slot}`), true);
    }
    const command = new ClusterCommand({ ...wire, access }, Math.max(1, deadline - performance.now()));
    if (wire.slot !== undefined) this.nodes.ownerOf(wire.slot)?.expectCommand();
    try {
      return await this.cluster.sendCommand(command.driven);
    } catch (error) {
      return this.failed(error as Error, wire, command.wasSent);
    }
  }

  private failed(error: Error, wire: WireCommand, wasSent: boolean): Failure {
    if (isTimeout(error)) this.cluster.refreshSlotsCache();
    return new Failure(this.explain(error), isSafeToRepeat(error, wire, wasSent));
  }

  /** Where to send at once. */
  private readyOwner(slot: number | undefined, access: Access): RedisLink | undefined {
    if (slot === undefined || (access === 'read' && this.connection.readFrom === 'replica')) return undefined;
    const owner = this.nodes.ownerOf(slot);
    return owner?.redis.status === 'ready' ? owner : undefined;
  }

  /** Otherwise the driver asks any node, for each command another one, and commands of a pipeline overtake each other. */
  private knowsNode(slot: number | undefined, access: Access): boolean {
    if (slot === undefined || this.nodes.ownerOf(slot)) return true;
    if (access === 'write' || this.connection.readFrom === 'primary') return false;
    return this.nodes.replicasOf(slot).some(({ redis }) => redis.status === 'ready');
  }

  private async ownerOf(slot: number | undefined): Promise<RedisLink> {
    const { nodes } = this;
    const find = (): RedisLink | undefined => (slot === undefined ? nodes.any() : nodes.ownerOf(slot));
    if (!find()) await this.refresh();
    return this.known(find(), slot === undefined ? 'any node' : `the node of slot ${slot}`);
  }

  private known(node: RedisLink | undefined, what: string): RedisLink {
    if (!node) throw this.unreachable(`at ${what}`);
    return node;
  }

  /** Asks a node who has which slots; ends where none answers, too. */
  private refresh(): Promise<void> {
    return new Promise((resolve) => this.cluster.refreshSlotsCache(() => resolve()));
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

function isSafeToRepeat(error: Error, { access }: WireCommand, wasSent: boolean): boolean {
  if (isReply(error)) return redirections.test(error.message);
  return !isTimeout(error) && (access === 'read' || !wasSent);
}

/** Sends it to a node, and leaves the driver's errors as they are: what they mean is for the cluster to say. */
function dispatch({ name, args }: WireCommand, owner: RedisLink, leftMs: number): TimedCommand {
  const command = new TimedCommand(name, args, { deadlines: owner.deadlines, explain: (error) => error });
  command.setTimeout(leftMs);
  owner.expectCommand();
  owner.redis.sendCommand(command.driven);
  return command;
}
