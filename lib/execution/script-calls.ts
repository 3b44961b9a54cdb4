import type { ScriptSource } from '../commands/command.js';
import type { ConnectionPool, WireCommand } from '../connection/connection-pool.js';

/** By its digest; in full where the server does not know it (yet, or any more). */
export async function sendScript(
  { sha, source }: ScriptSource,
  call: WireCommand,
  target: Pick<ConnectionPool, 'send'>,
): Promise<unknown> {
  try {
    return await target.send({ ...call, name: 'EVALSHA', args: [sha, ...call.args] });
  } catch (error) {
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
    return target.send({ ...call, name: 'EVAL', args: [source, ...call.args] });
  }
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

  wireCommand({ sha, source }: ScriptSource, call: WireCommand): WireCommand {
    if (this.known.has(sha)) return { ...call, name: 'EVALSHA', args: [sha, ...call.args] };
    if (this.oneServer) this.known.add(sha);
    return { ...call, name: 'EVAL', args: [source, ...call.args] };
  }
}
