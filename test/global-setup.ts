import type { TestProject } from 'vitest/node';
import { topologiesToStart } from './contract/topologies.js';
import { ServersOnDemand } from './servers/on-demand.js';

/**
 * The servers of the contract suite start once per project, before its first file, and stop after its last one: more
 * than twenty of them cost as much as a spec, even if idle. Each file has its own key prefix.
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
