import engineTable from './engines.json' with { type: 'json' };

/** The servers that the library is tested on. */
export type Engine = keyof typeof engineTable;

export const engines = Object.keys(engineTable) as Engine[];

/** The server binary: what `REDIS_SERVER` or `VALKEY_SERVER` names, else the one on the `PATH`. */
export function serverBinary(engine: Engine): string {
  const { binary, variable } = engineTable[engine];
  return process.env[variable] || binary;
}
