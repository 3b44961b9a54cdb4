import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import table from './engines.json' with { type: 'json' };

type OldestEngine = keyof typeof table.oldest;
type NewestEngine = keyof typeof table.newest;

/** The servers that the library is tested on: the oldest that it is for, and the newest that are to be had. */
export type Engine = OldestEngine | NewestEngine;

const oldestEngines = Object.keys(table.oldest) as readonly Engine[];
export const newestEngines = Object.keys(table.newest) as readonly Engine[];

/** Those of a run: `CACHEX_SERVERS=newest` has the newest take the place of the oldest. */
export function enginesOf(env: NodeJS.ProcessEnv): readonly Engine[] {
  return env['CACHEX_SERVERS'] === 'newest' ? newestEngines : oldestEngines;
}

/** Those of this run: for behaviour that holds on every server. */
export const engines = enginesOf(process.env);

/**
 * The server binary: the one that the engine's variable names (`REDIS_SERVER`, `NEWEST_REDIS_SERVER`), else the one on the
 * `PATH`, or of the newest servers the one that `npm run servers` has unpacked.
 */
export function serverBinary(engine: Engine): string {
  if (isNewest(engine)) {
    const { binary, variable } = table.newest[engine];
    return process.env[variable] || fileURLToPath(new URL(`../../.servers/${binary}`, import.meta.url));
  }
  if (engines === newestEngines) return serverBinary(`newest-${engine}`);
  const { binary, variable } = table.oldest[engine];
  return process.env[variable] || binary;
}

/** Whether the machine has it: the newest servers are not to be had everywhere, and `npm run servers` says so. */
export function isHere(engine: Engine): boolean {
  return !isNewest(engine) || Boolean(process.env[table.newest[engine].variable]) || existsSync(serverBinary(engine));
}

function isNewest(engine: Engine): engine is NewestEngine {
  return engine in table.newest;
}
