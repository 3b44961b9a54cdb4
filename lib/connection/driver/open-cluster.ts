import type { ResolvedCluster } from '../../options/index.js';
import { ClusterClient } from './cluster-client.js';
import type { ClusterDriver } from './cluster-driver.js';
import { clusterOptions } from './cluster-options.js';
import { mayLookInside } from './driver-mode.js';
import type { Login } from './login.js';
import { PublicCluster } from './public-cluster.js';

/** A client of a cluster that is not connected yet. */
export function openCluster(connection: ResolvedCluster, login?: Login): ClusterDriver {
  const nodes = connection.nodes.map((address) => ({ ...address }));
  const Client = mayLookInside() ? ClusterClient : PublicCluster;
  return new Client(nodes, clusterOptions(connection), login);
}
