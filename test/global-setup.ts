import type { TestProject } from 'vitest/node';
import { topologiesOf } from './contract/topologies.js';
import { enginesOf } from './servers/engine.js';

/** The servers of the contract suite are started once; each of its files has a key prefix of its own. */
export default async function startTopologies(project: TestProject): Promise<() => Promise<void>> {
  const topologies = topologiesOf(enginesOf({ ...process.env, ...project.config.env }));
  const started = await Promise.all(topologies.map((topology) => topology.start()));
  project.provide(
    'connections',
    Object.fromEntries(topologies.map(({ name }, index) => [name, started[index]!.connection])),
  );
  return async () => {
    await Promise.all(started.map((topology) => topology.stop()));
  };
}
