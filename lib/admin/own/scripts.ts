import type { OpenCache } from '../entries/raw-key.js';

/** A script that the application has registered. */
export interface ScriptRow {
  readonly name: string;
  readonly sha: string;
  readonly numKeys?: number;
  /** Number of calls in this process. */
  readonly calls: number;
  /** Number of servers that have loaded it, if they report it. The next call sends it in full to the others. */
  readonly loadedOn?: number;
}

export interface ScriptsView {
  readonly scripts: readonly ScriptRow[];
  readonly servers: number;
}

export async function scriptsOf({ peek, pool }: OpenCache): Promise<ScriptsView> {
  const known = peek.knownScripts;
  const nodes = await pool.primaries();
  const args = ['EXISTS', ...known.map(({ sha }) => sha)];
  // Managed services refuse SCRIPT EXISTS.
  const told = await Promise.all(
    nodes.map(async (node) => (known.length > 0 ? node.sendAll([{ name: 'SCRIPT', args, access: 'read' }]) : [])),
  );
  const loaded = told.flat().filter((flags) => Array.isArray(flags));
  return {
    servers: nodes.length,
    scripts: known.map(({ name, sha, numKeys, calls }, index) => ({
      name,
      sha,
      ...(numKeys !== undefined && { numKeys }),
      calls,
      ...(loaded.length === nodes.length && { loadedOn: loaded.filter((flags) => flags[index] === 1).length }),
    })),
  };
}
