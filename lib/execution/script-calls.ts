import type { ScriptSource } from '../command-model/command.js';
import type { ConnectionPool, WireCommand } from '../wire/connection-pool.js';

/** The server's own words; what a script itself gives as an error may begin alike. */
const unknownScript = /^NOSCRIPT No matching script\b/;

/** By its digest; in full where the server does not know it (yet, or any more). */
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
 * As it goes in a batch, where there is no second try: it would come after commands that were queued behind it. That the
 * server knows the script is never certain. It was not run before where the user may not use its key, it may be another
 * server behind a proxy, and it forgets scripts: all of them when it is told to, and Valkey the older ones.
 */
export function inFull({ source }: ScriptSource, call: WireCommand): WireCommand {
  return { ...call, name: 'EVAL', args: call.args.with(0, source) };
}
