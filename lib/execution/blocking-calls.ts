import type { Command } from '../command-model/command.js';
import type { CommandTrace } from '../observability/command-trace.js';
import { pause } from '../waiting/pause.js';
import type { BlockingWireCommand, ConnectionPool } from '../wire/connection-pool.js';
import type { Settling } from './settling.js';

/** How long a blocking call takes at least that fails in an outage that is ignored. */
const ignoredOutageMs = 1000;

/** A caller that waits in a loop must not spin where an outage is ignored, so it waits for that answer as well. */
export async function sendBlocking<T>(
  command: Command<T>,
  call: BlockingWireCommand,
  pool: Pick<ConnectionPool, 'sendBlocking'>,
  settling: Settling,
  trace: CommandTrace | undefined,
): Promise<T> {
  const { signal, timeoutMs } = call.blocking;
  let raw: unknown;
  try {
    raw = await pool.sendBlocking(call);
  } catch (error) {
    if (signal?.aborted && error === signal.reason) throw error;
    const answer = settling.recover(error, command, trace);
    await pause(Math.min(timeoutMs ?? Infinity, ignoredOutageMs), signal);
    signal?.throwIfAborted();
    return answer;
  }
  return settling.settle(raw, command, trace);
}
