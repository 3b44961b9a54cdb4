import type { OwnSpace } from '../arguments/version.js';
import { values } from '../command-model/replies.js';
import { allOf } from '../waiting/all-of.js';
import { Evictions } from '../evictions/evictions.js';
import { Tags } from '../tags/tags.js';
import { type Command, type Key, read, type ReplyContext } from '../command-model/command.js';
import type { Access, ConnectionPool, ServerNode, WireCommand } from '../wire/connection-pool.js';
import { valuesOf } from '../waiting/all-ended.js';
import { NotSupportedError } from '../errors/index.js';
import type { CommandTrace } from '../observability/command-trace.js';
import type { CommandTracer } from '../observability/command-tracer.js';
import { Counters } from '../observability/counters.js';
import { type CachexStats, type Counted, serverStats } from '../observability/stats.js';
import { ArgumentEncoder } from './argument-encoder.js';
import { contextOf } from './reply-context.js';
import type { EntryCodec } from './entry-codec.js';
import { Fitting, isOfSomeServers, type Outcomes } from './fitting.js';
import { move, unmovable } from './moving.js';
import { Joining } from './joining.js';
import type { KeyBuilder } from './key-builder.js';
import { isAway, type Outage } from './outage.js';
import { plainJoint } from './plain-joint.js';
import { errorAmong, NotEncoded, type Prepared, wireCommands, withItsOthers, withOthers } from './prepared.js';
import { Settling } from './settling.js';
import { SingleCalls, type Target } from './single-calls.js';
import { chunksOf, Slots } from './slots.js';

/** Gives commands their meaning: keys, codec, errors and replies, for any command and any topology. */
export class CommandExecutor {
  /** The context in which replies are read. */
  readonly context: ReplyContext;
  readonly tags: Tags;
  readonly evictions: Evictions;
  readonly counters = new Counters();
  protected readonly settling: Settling;
  private readonly encoder: ArgumentEncoder;
  private readonly single: SingleCalls;
  private readonly slots: Slots | undefined;
  private readonly fitting: Fitting;
  private readonly joining = new Joining();

  constructor(
    readonly pool: ConnectionPool,
    readonly keys: KeyBuilder,
    readonly codec: EntryCodec,
    private readonly outage: Outage,
    private readonly tracer: CommandTracer,
  ) {
    this.evictions = new Evictions(keys);
    this.tags = new Tags(this);
    this.encoder = new ArgumentEncoder(keys, codec, this.tags);
    this.context = contextOf(this, codec, outage);
    this.settling = new Settling(this.context, outage, this.counters);
    this.single = new SingleCalls(pool, this.settling, tracer);
    this.fitting = new Fitting(pool, this.settling);
    if (pool.slotOf) this.slots = new Slots((key) => pool.slotOf!(key), keys);
  }

  /** Encodes the arguments and sends nothing; throws if an argument cannot be encoded. */
  prepare<T>(command: Command<T>): Prepared<T> {
    if (command.moves && this.codec.bindsToKeys) throw unmovable(command, true);
    if (command.blocking) throw new NotSupportedError(`${command.name} blocks, and nothing can block in a pipeline`);
    try {
      // First: an argument that cannot be encoded is an error of this command, not of the one in its place.
      const args = this.encoder.encode(command.args);
      const ahead = command.ahead?.map((each) => this.prepare(each));
      const behind = command.behind?.map((each) => this.prepare(each));
      const otherwise = command.otherwise && this.prepare(command.otherwise);
      const slot = this.slots?.ofCommand(command);
      return { command, ahead, behind, otherwise, slot, args };
    } catch (error) {
      throw this.settling.failure(error, command);
    }
  }

  /** Sends a command to the server that holds its keys, or to the given one. */
  execute<T>(command: Command<T>, target: Target = this.pool): Promise<T> {
    if (command.since) return this.fitting.one(command, this.slots, (form) => this.executeAs(form, target));
    if (command.moves && (this.codec.bindsToKeys || command.provided))
      return move(this, command, (movable) => this.executeAs(movable, target));
    return this.executeAs(command, target);
  }

  private executeAs<T>(command: Command<T>, target: Target): Promise<T> {
    if (command.ahead) return this.executeJoint(command);
    try {
      const slot = this.slots?.ofCommand(command);
      return this.single.send(command, this.encoder.encode(command.args), slot, target);
    } catch (error) {
      return Promise.reject(this.settling.failure(error, command));
    }
  }

  /** Sends a command together with those ahead of it and behind it. */
  private executeJoint<T>(command: Command<T>): Promise<T> {
    const trace = this.tracer.traceAll([{ command }]);
    const settle = (replies: unknown[]): T | Promise<T> =>
      this.settling.settle(errorAmong(replies, command) ?? replies, command, trace);
    try {
      const plain = plainJoint(command, this.encoder, this.slots);
      const sent = plain
        ? this.sendBatch(plain, false, trace)
        : this.sendPrepared(withItsOthers(this.prepare(command)), false, trace);
      return trace ? sent.then(settle).finally(() => trace.end()) : sent.then(settle);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Every server that a command goes to; none if they are away and outages are ignored. */
  async primaries(commandName: string, strict = false): Promise<readonly ServerNode[]> {
    try {
      return await this.pool.primaries();
    } catch (error) {
      return this.settling.recover(error, { ...read(commandName, [], values<ServerNode>()), strict });
    }
  }

  /** Groups keys that one command can take: on a cluster the keys of one slot, and at most `atMost`. */
  together(keys: readonly Key[], atMost = Infinity): Key[][] {
    const groups = this.slots ? this.slots.group(keys) : [keys];
    return groups.flatMap((group) => [...chunksOf(group, atMost)]);
  }

  /**
   * Sends all commands in one round trip per node; an outcome per command.
   *
   * @throws CrossSlotError before anything is sent, for a transaction over several slots of a cluster
   */
  async executeAll(batch: readonly Prepared[], transaction = false): Promise<Outcomes> {
    if (transaction) this.slots?.checkTransaction(batch);
    if (!batch.some(isOfSomeServers)) return this.executeAllAs(batch, transaction);
    return this.fitting.all(batch, transaction, (forms) => this.executeAllAs(forms, transaction));
  }

  private async executeAllAs(batch: readonly Prepared[], transaction: boolean): Promise<Outcomes> {
    const trace = this.tracer.traceAll(batch, transaction);
    const raw = await this.sendPrepared(withOthers(batch), transaction, trace);
    let next = 0;
    const outcomes = batch.map((prepared) => {
      const { command, ahead, behind = [] } = prepared;
      if (!ahead) return this.settling.outcome(raw[next++], command, trace);
      const replies = raw.slice(next, (next += ahead.length + 1 + behind.length));
      return this.settling.outcome(errorAmong(replies, prepared) ?? replies, command, trace);
    });
    const settled = await allOf(outcomes);
    trace?.end();
    return settled;
  }

  /** Sends all commands in one round trip per node; throws the error of the first one that failed. */
  async executeEach<T>(commands: readonly Command<T>[]): Promise<T[]> {
    if (commands.length === 1) return [await this.execute(commands[0]!)];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each command has read its own value
    return valuesOf(await this.executeAll(commands.map((command) => this.prepare(command)))) as T[];
  }

  /** Whether outages are ignored. */
  get isForgiving(): boolean {
    return this.outage.ignoresExceptions;
  }

  /** Whether the error is an outage that is to be ignored. */
  forgives(error: unknown): boolean {
    return this.outage.forgives(error);
  }

  /** The part of a wire key before all versions and keys. */
  get keyPrefix(): string {
    return this.keys.prefix;
  }

  /** The name of one of the library's own keys, in a space that holds no user's key. */
  ownName(space: OwnSpace, name: string, part?: string): string {
    return this.keys.ownName(space, name, part);
  }

  /** The name of a key on the server. */
  wireName(key: Key): string {
    return this.keys.wireName(key);
  }

  /** Whether keys are distributed among servers. */
  get isSharded(): boolean {
    return this.slots !== undefined;
  }

  /** The counters since the start. */
  counted(): Counted {
    const { mismatches, unreadable } = this.codec.reports;
    return { ...this.counters.counted, mismatches, unreadable };
  }

  /** The counters, with what the servers report. */
  async stats(): Promise<CachexStats> {
    const servers = await serverStats(this.pool);
    return { ...this.counted(), ...servers };
  }

  /** Resolves when commands can be answered. */
  connect(): Promise<void> {
    return this.pool.connect();
  }

  /** The driver's own client. */
  client(access: Access): ReturnType<ConnectionPool['client']> {
    return this.pool.client(access);
  }

  /** Ends all connections; idempotent. */
  close(waitedMs?: number): Promise<void> {
    return this.pool.close(waitedMs);
  }

  /** A reply or an error per command. */
  protected sendBatch(
    commands: readonly WireCommand[],
    transaction: boolean,
    trace: CommandTrace | undefined,
  ): Promise<unknown[]> {
    const send = (): Promise<unknown[]> =>
      transaction ? this.pool.transaction(commands) : this.pool.sendAll(commands);
    const failed = (error: unknown): unknown[] => commands.map(() => error);
    try {
      return (trace ? trace.start(send) : send()).catch(failed);
    } catch (error) {
      return Promise.resolve(failed(error));
    }
  }

  private sendPrepared(
    batch: readonly Prepared[],
    transaction: boolean,
    trace: CommandTrace | undefined,
  ): Promise<unknown[]> {
    const joined = transaction ? undefined : this.joining.join(batch);
    if (joined) return this.joining.answers(batch, joined, trace, (some, its) => this.sendPrepared(some, false, its));
    const commands = wireCommands(batch);
    if (!(commands instanceof Promise)) return this.sendBatch(commands, transaction, trace);
    return commands.then(
      (known) => this.sendBatch(known, transaction, trace),
      (error) => {
        const { command, cause } = error instanceof NotEncoded ? error : { command: batch[0]!.command, cause: error };
        // The stamps of tags must be asked for.
        if (isAway(cause)) return batch.map(() => cause);
        throw this.settling.failure(cause, command);
      },
    );
  }
}
