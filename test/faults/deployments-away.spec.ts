import { afterAll, beforeAll } from 'vitest';
import { startCluster } from '../servers/cluster.js';
import { nobodysPorts } from '../servers/free-port.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import { type SentinelDeployment, startSentinel } from '../servers/sentinel.js';
import type { RedisServer } from '../servers/server.js';
import { clusterOf, sentinelOf } from './faults.js';
import { specifyOutage } from './outages.js';

let deployment: SentinelDeployment;
let cluster: RedisCluster;
beforeAll(async () => {
  [deployment, cluster] = await Promise.all([
    startSentinel({ engine: 'valkey' }),
    startCluster({ engine: 'redis', replicasPerPrimary: 0 }),
  ]);
});
afterAll(() => Promise.all([deployment.stop(), cluster.stop()]));

const forEach = (servers: readonly RedisServer[], act: (server: RedisServer) => void) => servers.forEach(act);

specifyOutage('is behind Sentinels that were never there', {
  start: async () => ({
    type: 'sentinel',
    name: 'mymaster',
    sentinels: [{ host: '127.0.0.1', port: nobodysPorts[0] }],
  }),
});

specifyOutage('is behind Sentinels, and all of it is frozen', {
  start: () => sentinelOf(deployment),
  begin: () => forEach([...deployment.sentinels, ...deployment.servers], (server) => server.pause()),
  end: () => forEach([...deployment.sentinels, ...deployment.servers], (server) => server.resume()),
});

specifyOutage('is behind Sentinels that were frozen before anybody connected', {
  start: () => {
    forEach(deployment.sentinels, (server) => server.pause());
    return sentinelOf(deployment);
  },
  end: () => forEach(deployment.sentinels, (server) => server.resume()),
});

specifyOutage('is a cluster that was never there', {
  start: async () => ({ type: 'cluster', nodes: nobodysPorts.map((port) => ({ host: '127.0.0.1', port })) }),
});

specifyOutage('is a cluster that is frozen', {
  start: () => clusterOf(cluster),
  begin: () => forEach(cluster.nodes, (node) => node.pause()),
  end: () => forEach(cluster.nodes, (node) => node.resume()),
});

specifyOutage('is a cluster that was frozen before anybody connected', {
  start: () => {
    forEach(cluster.nodes, (node) => node.pause());
    return clusterOf(cluster);
  },
  end: () => forEach(cluster.nodes, (node) => node.resume()),
});

specifyOutage('is a cluster whose nodes are killed, and start again', {
  start: () => clusterOf(cluster),
  begin: async () => void (await Promise.all(cluster.nodes.map((node) => node.kill()))),
  end: async () => void (await Promise.all(cluster.nodes.map((node) => node.start()))),
});
