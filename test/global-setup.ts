import type { TestProject } from 'vitest/node';
import { topologiesToStart } from './contract/topologies.js';
import { startAll, stopAll } from './servers/start-all.js';

/** The servers of the contract suite are started once; each of its files has a key prefix of its own. */
export default async function startTopologies(project: TestProject): Promise<() => Promise<void>> {
  const env = { ...process.env, ...project.config.env };
  const topologies = topologiesToStart(env);
  const started = await startAll(topologies.map((topology) => topology.start(env)));
  project.provide(
    'connections',
    Object.fromEntries(topologies.map(({ name }, index) => [name, started[index]!.connection])),
  );
  return () => stopAll(started);
}
