import type { Access, ScriptSource } from '../commands/command.js';
import type { ConnectionPool, WireArgument, WireCommand } from '../connection/connection-pool.js';

/** By its digest; in full where the server does not know it (yet, or any more). */
export async function sendScript(
  { sha, source }: ScriptSource,
  args: readonly WireArgument[],
  access: Access,
  target: Pick<ConnectionPool, 'send'>,
): Promise<unknown> {
  try {
    return await target.send('EVALSHA', [sha, ...args], access);
  } catch (error) {
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
    return target.send('EVAL', [source, ...args], access);
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
    this.oneServer = pool.primaries().length === 1;
  }

  wireCommand({ sha, source }: ScriptSource, args: readonly WireArgument[], access: Access): WireCommand {
    if (this.known.has(sha)) return { name: 'EVALSHA', args: [sha, ...args], access };
    if (this.oneServer) this.known.add(sha);
    return { name: 'EVAL', args: [source, ...args], access };
  }
}
