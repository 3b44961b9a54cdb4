import { type Command, Key } from '../command-model/command.js';
import type { ConnectionPool, WireCommand } from '../wire/connection-pool.js';
import { CommandExecutor } from '../execution/command-executor.js';
import type { KeyBuilder } from '../execution/key-builder.js';
import type { Outage } from '../execution/outage.js';
import type { Prepared } from '../execution/prepared.js';
import type { Target } from '../execution/single-calls.js';
import type { CommandTrace } from '../observability/command-trace.js';
import type { CommandTracer } from '../observability/command-tracer.js';
import type { Counted } from '../observability/stats.js';
import { EventLoopTurns } from '../waiting/event-loop-turns.js';
import type { CopiedValues } from './copied-values.js';
import type { LocalCopies } from './local-copies.js';
import { isOfValues, ReadTrip } from './read-trip.js';
import type { ServerWatch } from './server-watch.js';
import { Standstill } from './standstill.js';

/**
 * Answers GET and MGET from local copies if there are any. A key that this process writes is forgotten before the write
 * is sent, for later reads, and again when it is answered, for reads that got the old value meanwhile.
 */
export class TrackingExecutor extends CommandExecutor {
  private readonly turns = new EventLoopTurns();
  private readonly standstill: Standstill;
  readonly copies: LocalCopies;

  constructor(
    pool: ConnectionPool,
    keys: KeyBuilder,
    codec: CopiedValues,
    outage: Outage,
    tracer: CommandTracer,
    /** Left out if no server reports changes. */
    readonly servers?: ServerWatch,
    /**
     * How many milliseconds the start waits for the reports; if left out, it neither waits nor fails when they are
     * refused.
     */
    private readonly patienceMs?: number,
  ) {
    super(pool, keys, codec, outage, tracer);
    this.copies = codec.copies;
    this.standstill = new Standstill(() => codec.copies.forgetAll());
  }

  override async connect(): Promise<void> {
    await super.connect();
    if (this.patienceMs !== undefined) await this.servers?.heard(this.patienceMs);
  }

  override execute<T>(command: Command<T>, target: Target = this.pool): Promise<T> {
    if (command.access === 'write') return this.changing([command], () => super.execute(command, target));
    if (target !== this.pool || command.ahead || !isOfValues(command)) return super.execute(command, target);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the key is all that GET takes
    const data = command.name === 'GET' ? this.keptData(command.args[0] as Key) : undefined;
    return data ? this.settleKept(data, command) : this.executeOne(command);
  }

  override executeAll(batch: readonly Prepared[], transaction?: boolean): Promise<PromiseSettledResult<unknown>[]> {
    const writes = batch.map(({ command }) => command).filter(({ access }) => access === 'write');
    const execute = (): Promise<PromiseSettledResult<unknown>[]> => super.executeAll(batch, transaction);
    return writes.length > 0 ? this.changing(writes, execute) : execute();
  }

  override counted(): Counted {
    return { ...super.counted(), local: this.copies.stats };
  }

  override async close(waitedMs?: number): Promise<void> {
    this.standstill.close();
    await Promise.all([this.servers?.close(), super.close(waitedMs)]);
  }

  protected override async sendBatch(
    commands: readonly WireCommand[],
    transaction: boolean,
    trace: CommandTrace | undefined,
  ): Promise<unknown[]> {
    if (transaction || !ReadTrip.suits(commands)) return super.sendBatch(commands, transaction, trace);
    this.standstill.look();
    const trip = new ReadTrip(this.copies, commands);
    if (trip.calls.length > 0) return trip.answers(await super.sendBatch(trip.calls, false, trace));
    const turn = this.turns.take();
    return turn ? turn.then(() => this.sendBatch(commands, false, trace)) : trip.answers([]);
  }

  private keptData(key: Key): Buffer | undefined {
    this.standstill.look();
    try {
      return this.copies.get(this.wireName(key))?.data;
    } catch {
      // The key is refused again where the error gets its name.
      return undefined;
    }
  }

  private settleKept<T>(data: Buffer, command: Command<T>): Promise<T> {
    const turn = this.turns.take();
    if (turn) return turn.then(() => this.execute(command));
    this.copies.hits++;
    try {
      return Promise.resolve(this.settling.settle(data, command));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private async executeOne<T>(command: Command<T>): Promise<T> {
    // As a batch, a part of which may be here.
    const [outcome] = await this.executeAll([this.prepare(command)]);
    if (outcome!.status === 'rejected') throw outcome!.reason;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the command has read it as one
    return outcome!.value as T;
  }

  private changing<T>(commands: readonly Command<unknown>[], execute: () => Promise<T>): Promise<T> {
    const forget = this.forgetterOf(commands);
    forget();
    return execute().then(
      (answer) => {
        forget();
        return answer;
      },
      (error) => {
        forget();
        throw error;
      },
    );
  }

  /** A command without keys may change any: FLUSHDB, a script without keys. */
  private forgetterOf(commands: readonly Command<unknown>[]): () => void {
    const keys: string[] = [];
    for (const { args } of commands) {
      const own = args.filter((arg) => arg instanceof Key);
      if (own.length === 0) return () => this.copies.forgetAll();
      for (const key of own) keys.push(this.nameOfCopy(key));
    }
    return () => {
      for (const key of keys) this.copies.forget(key);
    };
  }

  /** A refused key is in no copies. */
  private nameOfCopy(key: Key): string {
    try {
      return this.wireName(key);
    } catch {
      return '';
    }
  }
}
