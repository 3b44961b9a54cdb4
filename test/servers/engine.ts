import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import table from './engines.json' with { type: 'json' };

type OldestEngine = keyof typeof table.oldest;
type NewestEngine = keyof typeof table.newest;

/** The servers that the library is tested on: the oldest that it is for, and the newest that are to be had. */
export type Engine = OldestEngine | NewestEngine;

/** For behaviour that holds on every server. A run on the newest servers has them in the place of these. */
export const engines = Object.keys(table.oldest) as readonly OldestEngine[];

export const newestEngines = Object.keys(table.newest) as readonly NewestEngine[];

/** Whether the newest servers take the place of the oldest in this run. */
export function isNewestRun(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['TEST_SERVERS'] === 'newest';
}

/** What an engine's name stands for in this run. */
export function engineOfRun(engine: Engine, env?: NodeJS.ProcessEnv): Engine {
  return isNewest(engine) || !isNewestRun(env) ? engine : `newest-${engine}`;
}

/**
 * The server binary: the one that the engine's variable names (`REDIS_SERVER`, `NEWEST_REDIS_SERVER`), else the one on the
 * `PATH`, or of the newest servers the one that `npm run servers` has unpacked.
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

/** Whether the machine has it: the newest servers are not to be had everywhere, and `npm run servers` says so. */
export function isHere(engine: Engine): boolean {
  return !isNewest(engine) || Boolean(process.env[table.newest[engine].variable]) || existsSync(serverBinary(engine));
}

function isNewest(engine: Engine): engine is NewestEngine {
  return engine in table.newest;
}
