import type { ScriptSource } from '../commands/command.js';
import type { ConnectionPool, WireCommand } from '../connection/connection-pool.js';

/** By its digest; in full where the server does not know it (yet, or any more). */
export function sendScript(
  script: ScriptSource,
  call: WireCommand,
  target: Pick<ConnectionPool, 'send'>,
): Promise<unknown> {
  return target.send(call).catch((error: Error) => {
    if (!error.message.startsWith('NOSCRIPT')) throw error;
    return target.send(inFull(script, call));
  });
}

/**
 * The calls of scripts in one batch, where there is no second try: it would come after commands that were queued behind
 * it. So a script goes in full, and on a single server only the first time, for that server knows it from then on.
 */
export class ScriptsOfBatch {
  private readonly known = new Set<string>();
  private readonly oneServer: boolean;

  constructor(pool: ConnectionPool) {
    this.oneServer = pool.slotOf === undefined;
  }

  wireCommand(script: ScriptSource, call: WireCommand): WireCommand {
    if (this.known.has(script.sha)) return call;
    if (this.oneServer) this.known.add(script.sha);
    return inFull(script, call);
  }
}

function inFull({ source }: ScriptSource, call: WireCommand): WireCommand {
  return { ...call, name: 'EVAL', args: call.args.with(0, source) };
}
