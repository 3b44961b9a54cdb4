import { nameOf } from '../arguments/names.js';
import { Tags } from '../tags/tags.js';
import type { Codec } from '../codec/codec.types.js';
import { type Command, type Key, read } from '../command-model/command.js';
import type { ReplyContext, ReplyShape } from '../command-model/reply-shape.js';
import type {
  BlockingWireCommand,
  ConnectionPool,
  ServerNode,
  WireArgument,
  WireCommand,
} from '../wire/connection-pool.js';
import { pause } from '../waiting/pause.js';
import { CodecError, ConnectionError, NotSupportedError } from '../errors/index.js';
import type { CommandTrace } from '../observability/command-trace.js';
import type { CommandTracer } from '../observability/command-tracer.js';
import { Counters } from '../observability/counters.js';
import type { Counted } from '../observability/stats.js';
import { allOf } from './all-of.js';
import { ArgumentEncoder } from './argument-encoder.js';
import { mapError } from './error-mapper.js';
import type { KeyBuilder } from './key-builder.js';
import { isAway, type Outage } from './outage.js';
import { failureOf, type Prepared, wireCommands, withOthers } from './prepared.js';
import { sendScript } from './script-calls.js';
import { Slots } from './slots.js';

/** Where a single command goes. */
export type Target = Pick<ConnectionPool, 'send'>;

const noServers: ReplyShape<readonly ServerNode[]> = { decode: () => [], missing: () => [] };

/** How long a blocking call takes at least that fails in an outage that is ignored. */
const ignoredOutageMs = 1000;

/** Gives commands their meaning: keys, codec, errors and replies, for any command and any topology. */
export class CommandExecutor {
  /** What replies are read with. */
  readonly context: ReplyContext;
  readonly tags: Tags;
  readonly counters = new Counters();
  private readonly encoder: ArgumentEncoder;
  private readonly slots: Slots | undefined;

  constructor(
    readonly pool: ConnectionPool,
    readonly keys: KeyBuilder,
    private readonly codec: Codec,
    private readonly outage: Outage,
    private readonly tracer: CommandTracer,
  ) {
    this.tags = new Tags(this);
    this.encoder = new ArgumentEncoder(keys, codec, this.tags);
    this.context = {
      tags: this.tags,
      lookups: this.counters,
      ask: (commands) => this.executeEach(commands),
      decode: (data) => this.decodeValue(data),
      encode: (value) => codec.encode(value),
      userKey: (wire, version) => keys.userKey(nameOf(wire), version),
    };
    if (pool.slotOf) this.slots = new Slots((key) => pool.slotOf!(key), keys);
  }

  /** Encodes the arguments; throws where that cannot be done, before anything is sent. */
  prepare<T>(command: Command<T>): Prepared<T> {
    if (command.blocking) throw new NotSupportedError(`${command.name} waits, and nothing can wait in a pipeline`);
    try {
      const ahead = command.ahead?.map((each) => this.prepare(each));
      const behind = command.behind?.map((each) => this.prepare(each));
      return { command, ahead, behind, slot: this.slots?.ofCommand(command), args: this.encoder.encode(command.args) };
    } catch (error) {
      throw this.failure(error, command);
    }
  }

  /** Sends a command to where its keys live, or to the server named. */
  execute<T>(command: Command<T>, target: Target = this.pool): Promise<T> {
    if (command.ahead) return this.executeJoint(command);
    try {
      const slot = this.slots?.ofCommand(command);
      const args = this.encoder.encode(command.args);
      return args instanceof Promise
        ? args.then(
            (encoded) => this.send(command, encoded, slot, target),
            (error) => this.recover(error, command),
          )
        : this.send(command, args, slot, target);
    } catch (error) {
      return Promise.reject(this.failure(error, command));
    }
  }

  /** A command and those around it. */
  private async executeJoint<T>(command: Command<T>): Promise<T> {
    const prepared = this.prepare(command);
    const trace = this.traceOf([prepared]);
    try {
      const replies = await this.sendPrepared(withOthers([prepared]), false, trace).catch((error) => {
        throw this.failure(error, command);
      });
      return await this.settle(failureOf(replies, prepared) ?? replies, traced(command, trace));
    } finally {
      trace?.end();
    }
  }

  /** The servers that a command goes to, each of them; none where they are away and that is to be ignored. */
  async primaries(commandName: string): Promise<readonly ServerNode[]> {
    try {
      return await this.pool.primaries();
    } catch (error) {
      return this.recover(error, read(commandName, [], noServers));
    }
  }

  /** Keys of which one command may take several: all of them, on a cluster those of a slot. */
  together(keys: readonly Key[]): Key[][] {
    return this.slots ? this.slots.group(keys) : [[...keys]];
  }

  /**
   * All in one round trip per node; an outcome per command.
   *
   * @throws CrossSlotError before anything is sent, for a transaction over several slots of a cluster
   */
  async executeAll(batch: readonly Prepared[], transaction = false): Promise<PromiseSettledResult<unknown>[]> {
    if (transaction) this.slots?.checkTransaction(batch);
    const trace = this.traceOf(batch, transaction);
    const raw = await this.sendPrepared(withOthers(batch), transaction, trace);
    let next = 0;
    const outcomes = batch.map((prepared) => {
      const { command, ahead, behind = [] } = prepared;
      if (!ahead) return this.outcome(raw[next++], traced(command, trace));
      const replies = raw.slice(next, (next += ahead.length + 1 + behind.length));
      return this.outcome(failureOf(replies, prepared) ?? replies, traced(command, trace));
    });
    const settled = await allOf(outcomes);
    trace?.end();
    return settled;
  }

  /** All in one round trip per node; throws what the first one that failed throws. */
  async executeEach<T>(commands: readonly Command<T>[]): Promise<T[]> {
    if (commands.length === 1) return [await this.execute(commands[0]!)];
    const outcomes = await this.executeAll(commands.map((command) => this.prepare(command)));
    return outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value as T;
    });
  }

  /** Whether outages are to be ignored. */
  get isForgiving(): boolean {
    return this.outage.ignoresExceptions;
  }

  /** Whether it is of an outage that is to be ignored. */
  forgives(error: unknown): boolean {
    return this.outage.forgives(error);
  }

  /** What was counted since the start. */
  counted(): Counted {
    return this.counters.counted;
  }

  /** Ends all connections; idempotent. */
  close(waitedMs?: number): Promise<void> {
    return this.pool.close(waitedMs);
  }

  /** A reply per command, or its error. */
  protected async sendBatch(
    commands: readonly WireCommand[],
    transaction: boolean,
    trace: CommandTrace | undefined,
  ): Promise<unknown[]> {
    const send = (): Promise<unknown[]> =>
      transaction ? this.pool.transaction(commands) : this.pool.sendAll(commands);
    try {
      return await (trace ? trace.start(send) : send());
    } catch (error) {
      return commands.map(() => error);
    }
  }

  private async sendPrepared(
    batch: readonly Prepared[],
    transaction: boolean,
    trace: CommandTrace | undefined,
  ): Promise<unknown[]> {
    let commands: WireCommand[];
    try {
      commands = await wireCommands(batch);
    } catch (error) {
      // Some arguments have to be asked for.
      if (isAway(error)) return batch.map(() => error);
      throw error;
    }
    return this.sendBatch(commands, transaction, trace);
  }

  private send<T>(
    command: Command<T>,
    args: readonly WireArgument[],
    slot: number | undefined,
    target: Target,
  ): Promise<T> {
    if (this.tracer.isHeard && !command.trace) return this.sendTraced(command, args, slot, target);
    const { name, access, script, blocking } = command;
    const call: WireCommand = { name, args, access, slot };
    if (blocking) return this.sendBlocking(command, { ...call, blocking });
    const sent = script ? sendScript(script, call, target) : target.send(call);
    return sent.then(
      (raw) => this.settle(raw, command),
      (error) => this.refused(error, command),
    );
  }

  private sendTraced<T>(
    command: Command<T>,
    args: readonly WireArgument[],
    slot: number | undefined,
    target: Target,
  ): Promise<T> {
    const trace = this.tracer.trace([command]);
    const sending = trace.start(() => this.send({ ...command, trace }, args, slot, target));
    return sending.finally(() => trace.end());
  }

  /** A caller that waits in a loop must not spin where an outage is ignored, so it waits for that answer as well. */
  private async sendBlocking<T>(command: Command<T>, call: BlockingWireCommand): Promise<T> {
    const { signal, timeoutMs } = call.blocking;
    let raw: unknown;
    try {
      raw = await this.pool.sendBlocking(call);
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw error;
      const answer = this.recover(error, command);
      await pause(Math.min(timeoutMs ?? Infinity, ignoredOutageMs), signal);
      signal?.throwIfAborted();
      return answer;
    }
    return this.settle(raw, command);
  }

  /** A reply read, or an error named; at this level an `Error` is never a value. */
  protected settle<T>(raw: unknown, command: Command<T>): T | Promise<T> {
    if (raw instanceof Error) return this.refused(raw, command);
    try {
      this.outage.over();
      const decoded = command.reply.decode(raw, this.context);
      return decoded instanceof Promise ? decoded.catch((error) => this.recover(error, command)) : decoded;
    } catch (error) {
      // A list where there should be a number, say: whatever answers there is no Redis.
      const isStrange = error instanceof TypeError;
      return this.recover(isStrange ? new ConnectionError('the reply is none that this command has') : error, command);
    }
  }

  private refused<T>(error: unknown, command: Command<T>): T | Promise<T> {
    const rescued = command.reply.rescue?.(error, this.context);
    return rescued ? rescued.catch((another) => this.recover(another, command)) : this.recover(error, command);
  }

  private outcome<T>(raw: unknown, command: Command<T>): PromiseSettledResult<T> | Promise<PromiseSettledResult<T>> {
    try {
      const value = this.settle(raw, command);
      return value instanceof Promise ? value.then(fulfilled, rejected) : fulfilled(value);
    } catch (error) {
      return rejected(error);
    }
  }

  /** What a missing key gives, where the outage is to be ignored; throws the named error otherwise. */
  private recover<T>(error: unknown, command: Command<T>): T {
    const mapped = this.failure(error, command);
    const isForgiven = !command.strict && this.outage.forgives(mapped);
    command.trace?.fail(mapped, isForgiven);
    if (isForgiven) return command.reply.missing();
    throw mapped;
  }

  private failure(error: unknown, command: Command<unknown>): Error {
    this.counters.errors++;
    return mapError(error, command);
  }

  private traceOf(batch: readonly Prepared[], transaction?: boolean): CommandTrace | undefined {
    if (!this.tracer.isHeard || batch.length === 0) return undefined;
    return this.tracer.trace(
      batch.map(({ command }) => command),
      transaction,
    );
  }

  /** What no serializer can read is a miss under `ignoreExceptions`. */
  protected decodeValue(data: Buffer): unknown {
    if (!this.outage.ignoresExceptions) return this.codec.decode(data);
    try {
      const decoded = this.codec.decode(data);
      return decoded instanceof Promise ? decoded.catch(missWhereUnreadable) : decoded;
    } catch (error) {
      return missWhereUnreadable(error);
    }
  }
}

const fulfilled = <T>(value: T): PromiseFulfilledResult<T> => ({ status: 'fulfilled', value });
const rejected = (reason: unknown): PromiseRejectedResult => ({ status: 'rejected', reason });

/** The same command, which tells its trace where it fails. */
function traced<T>(command: Command<T>, trace: CommandTrace | undefined): Command<T> {
  return trace ? { ...command, trace } : command;
}

function missWhereUnreadable(error: unknown): undefined {
  if (!(error instanceof CodecError)) throw error;
}
