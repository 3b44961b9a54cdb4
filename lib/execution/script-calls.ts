import type { ScriptSource } from '../command-model/command.js';
import type { ConnectionPool, WireCommand } from '../wire/connection-pool.js';
import { unknownScript } from '../wire/server-errors.js';

/** Sends a script by its digest, and in full if the server does not know it. */
export function sendScript(
  script: ScriptSource,
  call: WireCommand,
  target: Pick<ConnectionPool, 'send'>,
): Promise<unknown> {
  return target.send(call).catch((error: Error) => {
    if (!unknownScript.test(error.message)) throw error;
    return target.send(inFull(script, call));
  });
}

/**
 * A script as it goes in a batch, where a second try is impossible: it would run after commands that were queued behind
 * it. Nothing guarantees that the server knows the script: this user may not have been allowed to run it before, a
 * proxy may lead to another server, and servers forget scripts (all of them on request, and Valkey the older ones).
 */
export function inFull({ source }: ScriptSource, call: WireCommand): WireCommand {
  return { ...call, name: 'EVAL', args: call.args.with(0, source) };
}
