import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import table from './engines.json' with { type: 'json' };

type OldestEngine = keyof typeof table.oldest;
type NewestEngine = keyof typeof table.newest;

/** The servers of the tests: the oldest supported ones, and the newest available ones. */
export type Engine = OldestEngine | NewestEngine;

/** For behaviour that holds on every server. A run on the newest servers replaces these by the newest. */
export const engines = Object.keys(table.oldest) as readonly OldestEngine[];

export const newestEngines = Object.keys(table.newest) as readonly NewestEngine[];

/** Whether this run uses the newest servers instead of the oldest. */
export function isNewestRun(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['TEST_SERVERS'] === 'newest';
}

/** The engine that a name stands for in this run. */
export function engineOfRun(engine: Engine, env?: NodeJS.ProcessEnv): Engine {
  return isNewest(engine) || !isNewestRun(env) ? engine : `newest-${engine}`;
}

/**
 * The server binary: from the engine's variable (`REDIS_SERVER`, `NEWEST_REDIS_SERVER`), otherwise from the `PATH`; for
 * the newest servers, the one that `npm run servers` has unpacked.
 */
export function serverBinary(engine: Engine): string {
  const name = engineOfRun(engine);
  if (!isNewest(name)) {
    const { binary, variable } = table.oldest[name];
    return process.env[variable] || binary;
  }
  const { binary, variable } = table.newest[name];
  return process.env[variable] || fileURLToPath(new URL(`../../.servers/${binary}`, import.meta.url));
}

/** Whether the machine has it: the newest servers are not available everywhere, and `npm run servers` reports that. */
export function isHere(engine: Engine): boolean {
  return !isNewest(engine) || Boolean(process.env[table.newest[engine].variable]) || existsSync(serverBinary(engine));
}

function isNewest(engine: Engine): engine is NewestEngine {
  return engine in table.newest;
}
