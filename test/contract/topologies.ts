import { startCluster } from '../servers/cluster.js';
import { type Engine, engineOfRun, engines, isNewestRun } from '../servers/engine.js';
import { profiles } from '../profiles/profiles.js';
import { startSentinel } from '../servers/sentinel.js';
import { startServer } from '../servers/server.js';
import type { Connection, Deployment, Topology } from './topology.js';

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

/** Of this process; shared by all its caches. */
const embedded: Topology = {
  name: 'embedded engine',
  start: async () => ({ connection: 'memory://contract', stop: async () => undefined }),
};

const ofServers: readonly Topology[] = engines.flatMap((engine) =>
  Object.entries(starts).map(([kind, start]) => ({
    name: `${engine} ${kind}`,
    isSlotted: kind === 'cluster',
    start: (env) => start(engineOfRun(engine, env)),
  })),
);

const isManagedRun = (env: NodeJS.ProcessEnv = process.env): boolean => env['TEST_SERVERS'] === 'managed';

/** All topologies that the tests of a run may request by name. */
export const topologiesToStart = (env: NodeJS.ProcessEnv): readonly Topology[] =>
  isManagedRun(env) ? profiles : [...ofServers, embedded];

/** The topologies of this run; the embedded engine is the same whatever the servers are. */
export const topologies = topologiesToStart(process.env).filter((topology) => topology !== embedded || !isNewestRun());

declare module 'vitest' {
  interface ProvidedContext {
    connections: Record<string, Connection>;
    /** The port on which to request them. */
    serversAt: number;
  }
}
