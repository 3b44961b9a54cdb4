import type { CachexOptions } from '../../lib/index.js';
import { startCluster } from '../servers/cluster.js';
import { type Engine, engineOfRun, engines, isNewestRun } from '../servers/engine.js';
import { startSentinel } from '../servers/sentinel.js';
import { startServer } from '../servers/server.js';

type Connection = NonNullable<CachexOptions['connection']>;

/** Servers that hold the data of one topology. */
interface Deployment {
  readonly connection: Connection;
  stop(): Promise<void>;
}

/** Where the contract has to hold. */
export interface Topology {
  readonly name: string;
  /** @param env of the tests */
  start(env: NodeJS.ProcessEnv): Promise<Deployment>;
}

const addressOf = ({ host, port }: { host: string; port: number }) => ({ host, port });

async function standalone(engine: Engine): Promise<Deployment> {
  const server = await startServer({ engine });
  return { connection: server.url, stop: () => server.stop() };
}

async function sentinel(engine: Engine): Promise<Deployment> {
  const deployment = await startSentinel({ engine });
  const { name, sentinels } = deployment;
  return {
    connection: { type: 'sentinel', name, sentinels: sentinels.map(addressOf) },
    stop: () => deployment.stop(),
  };
}

async function cluster(engine: Engine): Promise<Deployment> {
  const deployment = await startCluster({ engine });
  return {
    connection: { type: 'cluster', nodes: deployment.nodes.map(addressOf) },
    stop: () => deployment.stop(),
  };
}

const starts = { standalone, sentinel, cluster };

/** Inside of each process that tests; one for all caches of it. */
const embedded: Topology = {
  name: 'embedded engine',
  start: async () => ({ connection: 'memory://contract', stop: async () => undefined }),
};

const ofServers: readonly Topology[] = engines.flatMap((engine) =>
  Object.entries(starts).map(([kind, start]) => ({
    name: `${engine} ${kind}`,
    start: (env) => start(engineOfRun(engine, env)),
  })),
);

/** All that tests may ask for by name. */
export const allTopologies: readonly Topology[] = [...ofServers, embedded];

/** Those that a run states behaviour for; the embedded engine is the same whatever the servers are. */
export const topologies = isNewestRun() ? ofServers : allTopologies;

declare module 'vitest' {
  interface ProvidedContext {
    connections: Record<string, Connection>;
  }
}
