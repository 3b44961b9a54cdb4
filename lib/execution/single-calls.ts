import type { Command } from '../command-model/command.js';
import type { CommandTrace } from '../observability/command-trace.js';
import type { CommandTracer } from '../observability/command-tracer.js';
import { pause } from '../waiting/pause.js';
import type { BlockingWireCommand, ConnectionPool, WireArgument, WireCommand } from '../wire/connection-pool.js';
import { LateArguments } from './late-arguments.js';
import { sendScript } from './script-calls.js';
import type { Settling } from './settling.js';

/** Where a single command goes. */
export type Target = Pick<ConnectionPool, 'send'>;

/** The least time that a blocking call takes if it fails in an ignored outage. */
const ignoredOutageMs = 1000;

/**
 * Sends commands one by one if they require it: a script by its digest, a blocking command on a connection of its own.
 */
export class SingleCalls {
  constructor(
    private readonly pool: Pick<ConnectionPool, 'sendBlocking'>,
    private readonly settling: Settling,
    private readonly tracer: CommandTracer,
  ) {}

  /** Sends the command once all its arguments are known. */
  send<T>(
    command: Command<T>,
    args: readonly WireArgument[] | LateArguments,
    slot: number | undefined,
    target: Target,
    trace?: CommandTrace,
  ): Promise<T> {
    if (args instanceof LateArguments) return this.sendLate(command, args, slot, target);
    if (this.tracer.isHeard && !trace) return this.sendTraced(command, args, slot, target);
    const { name, access, script, blocking } = command;
    const call: WireCommand = { name, args, access, slot };
    if (blocking) return this.sendBlocking(command, { ...call, blocking }, trace);
    const sent = script ? sendScript(script, call, target) : target.send(call);
    return sent.then(
      (raw) => this.settling.settle(raw, command, trace),
      (error) => this.settling.refused(error, command, trace),
    );
  }

  private sendLate<T>(command: Command<T>, args: LateArguments, slot: number | undefined, target: Target): Promise<T> {
    return args.complete().then(
      (encoded) => this.send(command, encoded, slot, target),
      (error) => this.settling.recover(error, command),
    );
  }

  private sendTraced<T>(
    command: Command<T>,
    args: readonly WireArgument[],
    slot: number | undefined,
    target: Target,
  ): Promise<T> {
    const trace = this.tracer.trace([command]);
    const sending = trace.start(() => this.send(command, args, slot, target, trace));
    return sending.finally(() => trace.end());
  }

  /** Delays the answer in an ignored outage: a caller that waits in a loop must not spin. */
  private async sendBlocking<T>(
    command: Command<T>,
    call: BlockingWireCommand,
    trace: CommandTrace | undefined,
  ): Promise<T> {
    const { signal, timeoutMs } = call.blocking;
    let raw: unknown;
    try {
      raw = await this.pool.sendBlocking(call);
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw error;
      const answer = this.settling.recover(error, command, trace);
      await pause(Math.min(timeoutMs ?? Infinity, ignoredOutageMs), signal);
      signal?.throwIfAborted();
      return answer;
    }
    return this.settling.settle(raw, command, trace);
  }
}
