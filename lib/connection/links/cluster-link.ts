import type { Access, WireCommand } from '../../wire/connection-pool.js';
import { clusterDown } from '../../wire/server-errors.js';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import type { ResolvedCluster } from '../../options/index.js';
import { canRepeat, dispatch, Failure, indexesBySlot, isReadOnly, type Place, Refused } from './cluster-call.js';
import type { ClusterDriver } from '../driver/cluster-driver.js';
import { ClusterNodes } from './cluster-nodes.js';
import { ClusterRoutes } from './cluster-routes.js';
import { openCluster } from '../driver/open-cluster.js';
import { Detour } from './detour.js';
import { isReply } from '../driver/driver-errors.js';
import { keyByKey, type KeyByKey } from './key-by-key.js';
import { Link } from './link.js';
import { orAbort } from '../../waiting/on-abort.js';
import { isApart, isRefusal, redirectionOf } from '../driver/redirection.js';
import type { Login } from '../driver/login.js';
import type { RedisLink } from './redis-link.js';
import { isReplicasTrouble, timeForReplica } from './replicas.js';
import { ReplyTimeout, type TimedCommand } from '../driver/reply-deadlines.js';
import { inOneWrite } from '../driver/write-batch.js';

/** How often to send a command that was certainly not executed before. */
const attempts = 3;
const pauseMs = 100;

/** One client of a cluster, with a connection to each node; it finds the slots wherever they are. */
export class ClusterLink extends Link {
  readonly address: string;
  readonly nodes: ClusterNodes;
  private readonly routes: ClusterRoutes;

  static to(connection: ResolvedCluster, logger: Pick<Logger, 'warn' | 'log'>, login?: Login): ClusterLink {
    return new ClusterLink(openCluster(connection, login), connection, logger);
  }

  private constructor(
    readonly cluster: ClusterDriver,
    private readonly connection: ResolvedCluster,
    log: Pick<Logger, 'warn' | 'log'>,
  ) {
    super(cluster, connection.commandTimeoutMs, log);
    this.nodes = new ClusterNodes(cluster, connection.readFrom, log);
    this.routes = new ClusterRoutes(cluster, this.nodes, connection.readFrom);
    this.address = `the cluster of ${connection.nodes.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
  }

  send(command: WireCommand): Promise<unknown> {
    return this.whenReady((leftMs = this.connection.commandTimeoutMs) => {
      const owner = this.routes.openOwner(command.slot, command.access);
      if (!owner) return this.sendPatiently(command, performance.now() + leftMs);
      const sent = dispatch(command, owner, leftMs);
      return sent.promise.catch((error: Error) =>
        this.sendPatiently(command, sent.deadline!, new Refused({ node: owner }, error, sent.wasSent)),
      );
    });
  }

  /** Sends all commands in one write per node; if one of them writes, the others read what it has written. */
  sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.whenReady(async (leftMs = this.connection.commandTimeoutMs) => {
      const deadline = performance.now() + leftMs;
      const outcomes = await this.attemptAll(commands, isReadOnly(commands) ? 'read' : 'write', deadline);
      await this.repeat(commands, outcomes, deadline);
      return outcomes.map((outcome) => (outcome instanceof Failure ? outcome.error : outcome));
    }).catch((error) => commands.map(() => error));
  }

  /**
   * Runs an action at the node that owns a slot, and again at the next node while it is refused because slots are
   * moving or have no owner: nothing was done then. It fails after refusals for `commandTimeout`.
   */
  async atOwner<T>(
    slot: number | undefined,
    attempt: (place: Place, leftMs: number) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const { commandTimeoutMs } = this.connection;
    const detour = new Detour(this, performance.now() + commandTimeoutMs, signal);
    let place: Place | undefined;
    for (;;) {
      place ??= { node: await orAbort(this.ownerWithin(slot, detour.leftMs), signal) };
      const began = performance.now();
      try {
        return await attempt(place, detour.leftMs);
      } catch (error) {
        if (!isReply(error)) this.routes.doubt();
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects with errors only
        if (!isRefusal(error as Error)) throw error;
        // A call that a node held for a while before it refused gets its full time again.
        if (performance.now() - began > commandTimeoutMs) detour.deadline = performance.now() + commandTimeoutMs;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects with errors only
        place = await detour.after(error as Error, place);
        signal?.throwIfAborted();
      }
    }
  }

  /** The nodes that own slots, in the order of their addresses. */
  primaries(): Promise<RedisLink[]> {
    return this.whenReady(async (leftMs = this.connection.commandTimeoutMs) => {
      const { nodes } = this;
      if (!nodes.owners().every((address) => nodes.at(address))) await this.cluster.refresh.within(leftMs);
      return nodes.owners().map((address) => this.known(nodes.at(address), `its node ${address}`));
    });
  }

  protected hasConnection(): boolean {
    return this.cluster.status === 'wait' || this.cluster.nodes().length > 0;
  }

  cut(): void {
    for (const node of this.nodes.all()) node.cut();
  }

  protected forgetQueue(error: Error): void {
    this.cluster.forgetQueue(error);
  }

  private async sendPatiently(command: WireCommand, deadline: number, refused?: Refused): Promise<unknown> {
    const outcomes = [await this.lead(command, command.access, deadline, refused)];
    await this.repeat([command], outcomes, deadline);
    const [outcome] = outcomes;
    if (outcome instanceof Failure) throw outcome.error;
    return outcome;
  }

  /**
   * Repeats commands that were certainly not executed, and reads in any case, at the primaries. Of commands that write,
   * it repeats all of a slot or none: they must not overtake each other.
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
    const batches = this.nodes.all().map(({ connection }) => connection);
    return inOneWrite(batches, () => Promise.all(commands.map((command) => this.attempt(command, access, deadline))));
  }

  /** The reply, or a failure. */
  private async attempt(wire: WireCommand, access: Access, deadline: number): Promise<unknown> {
    const owner = this.routes.openOwner(wire.slot, access);
    if (!owner) return this.lead(wire, access, deadline);
    const sent = dispatch(wire, owner, deadline - performance.now());
    try {
      return await sent.promise;
    } catch (error) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects with errors only
      return this.lead(wire, access, deadline, new Refused({ node: owner }, error as Error, sent.wasSent));
    }
  }

  /** Follows the refusals of nodes as far as they lead; the reply, or a failure. */
  private async lead(wire: WireCommand, access: Access, deadline: number, refused?: Refused): Promise<unknown> {
    const detour = new Detour(this, deadline);
    for (let refusal = refused; ;) {
      let place: Place | undefined;
      if (refusal) {
        const { error } = refusal;
        if (refusal.place.isReplica && !redirectionOf(error) && isReplicasTrouble(this.explain(error))) {
          this.nodes.rest(refusal.place.node);
        } else if (!isRefusal(error) || clusterDown.test(error.message)) {
          return this.failed(error, wire, refusal.wasSent);
        } else {
          const parts = isApart(error) ? keyByKey(wire) : undefined;
          if (parts) return this.sendParts(parts, access, deadline);
          try {
            place = await detour.after(error, refusal.place);
          } catch (over) {
            // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a detour throws the error that it was created for
            return new Failure(over as Error, false);
          }
        }
      }
      place ??= this.routes.placeOf(wire.slot, access);
      if (!place) {
        this.cluster.refresh.begin();
        return new Failure(this.unreachable(`at the node of slot ${wire.slot}`), true);
      }
      const outcome = await this.sendTo(place, wire, detour.leftMs);
      if (!(outcome instanceof Refused)) return outcome;
      refusal = outcome;
    }
  }

  /** Sends as soon as the node is reached; a replica has to leave time for another server. */
  private async sendTo(place: Place, wire: WireCommand, leftMs: number): Promise<unknown> {
    const { node, asking } = place;
    const mostMs = place.isReplica ? timeForReplica(leftMs) : leftMs;
    let sent: TimedCommand | undefined;
    if (!node.isOpen) this.routes.seek();
    try {
      return await node.whenReady((ms = mostMs) => (sent = dispatch(wire, node, ms, asking)).promise, mostMs);
    } catch (error) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects with errors only
      return new Refused(place, error as Error, sent?.wasSent ?? false);
    }
  }

  private async sendParts({ commands, reply }: KeyByKey, access: Access, deadline: number): Promise<unknown> {
    const batches = this.nodes.all().map(({ connection }) => connection);
    const replies = await inOneWrite(batches, () =>
      Promise.all(
        commands.map((command) => this.sendPatiently({ ...command, access }, deadline).catch((error: Error) => error)),
      ),
    );
    const whole = reply(replies);
    return whole instanceof Error ? new Failure(whole, false) : whole;
  }

  private failed(error: Error, wire: WireCommand, wasSent: boolean): Failure {
    if (!isReply(error) || isRefusal(error)) this.routes.doubt();
    return new Failure(this.explain(error), isSafeToRepeat(error, wire, wasSent));
  }

  private ownerWithin(slot: number | undefined, leftMs: number): Promise<RedisLink> {
    return this.whenReady(async (ms = leftMs) => {
      const node = await this.routes.find(slot, ms);
      return this.known(node, slot === undefined ? 'any node' : `the node of slot ${slot}`);
    }, leftMs);
  }

  private known(node: RedisLink | undefined, what: string): RedisLink {
    if (!node) throw this.unreachable(`at ${what}`);
    return node;
  }
}

function isSafeToRepeat(error: Error, { access }: WireCommand, wasSent: boolean): boolean {
  if (isReply(error)) return isRefusal(error);
  return !(error instanceof ReplyTimeout) && (access === 'read' || !wasSent);
}
