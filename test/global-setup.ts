import type { TestProject } from 'vitest/node';
import { topologiesToStart } from './contract/topologies.js';
import { ServersOnDemand } from './servers/on-demand.js';

/**
 * The servers of the contract suite are started once for a project, when its first file is to run, and are stopped after
 * its last one: twenty and more of them cost as much as a spec even when they have nothing to do. Each file has a key
 * prefix of its own.
 */
export default async function offerTopologies(project: TestProject): Promise<() => Promise<void>> {
  const env = { ...process.env, ...project.config.env };
  const topologies = topologiesToStart(env);
  const servers = new ServersOnDemand(
    Object.fromEntries(topologies.map((topology) => [topology.name, () => topology.start(env)])),
    project.vitest.config.watch,
  );
  project.provide('serversAt', await servers.listen());
  project.provide('connections', {});
  return () => servers.close();
}
