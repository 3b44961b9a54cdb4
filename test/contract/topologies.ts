import type { CachexOptions } from '../../lib/index.js';
import { type Engine, engines } from '../servers/engine.js';
import { startServer } from '../servers/server.js';

type Connection = NonNullable<CachexOptions['connection']>;

/** Where the contract has to hold. */
export interface Topology {
  readonly name: string;
  start(): Promise<{ connection: Connection; stop(): Promise<void> }>;
}

const standalone = (engine: Engine): Topology => ({
  name: `${engine} standalone`,
  start: async () => {
    const server = await startServer({ engine });
    return { connection: server.url, stop: () => server.stop() };
  },
});

export const topologies: readonly Topology[] = engines.map(standalone);

declare module 'vitest' {
  interface ProvidedContext {
    connections: Record<string, Connection>;
  }
}
