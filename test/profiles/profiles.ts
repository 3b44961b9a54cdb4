import { startCluster } from '../servers/cluster.js';
import { startServer } from '../servers/server.js';
import type { Topology } from '../contract/topology.js';
import { FakeEndpoint } from './fake-endpoint.js';
import { enterprise, serverless } from './refusals.js';

const login = { username: 'app', password: 'secret' } as const;

/** The permissions of managed services, as ACL rules. */
export const rights = {
  serverless:
    'on >secret ~* &* +@all -@admin -time -config -info -select -psubscribe -keys -wait -script -client +client|id +client|tracking',
  enterprise: 'on >secret ~* &* +@all -config -select -time -wait -client +client|id +client|tracking +client|unblock',
  minimal:
    'on >secret ~* &* -@all +@read +@write +@transaction +eval +evalsha +publish +subscribe +ping +hello -keys -@admin',
} as const;

/** A cluster of one node, which has all slots, behind an endpoint. */
const serverlessService: Topology = {
  name: 'serverless',
  isSlotted: true,
  refuses: ['PSUBSCRIBE'],
  start: async () => {
    const config = { 'user app': rights.serverless };
    const cluster = await startCluster({ engine: 'valkey', primaries: 1, replicasPerPrimary: 0, config });
    const [node] = cluster.nodes as [(typeof cluster.nodes)[number]];
    const endpoint = await FakeEndpoint.start(node, serverless);
    await node.cli('CONFIG', 'SET', 'cluster-announce-port', String(endpoint.port));
    return {
      connection: { type: 'cluster', nodes: [{ host: endpoint.host, port: endpoint.port }], ...login },
      stop: async () => {
        await endpoint.stop();
        await cluster.stop();
      },
    };
  },
};

const enterpriseService: Topology = {
  name: 'enterprise',
  isSlotted: true,
  isResp3Alone: true,
  start: async () => {
    const server = await startServer({ engine: 'redis', aclUsers: { app: rights.enterprise } });
    const endpoint = await FakeEndpoint.start(server, enterprise);
    return {
      connection: { host: endpoint.host, port: endpoint.port, ...login },
      stop: async () => {
        await endpoint.stop();
        await server.stop();
      },
    };
  },
};

const minimal: Topology = {
  name: 'minimal',
  untold: 'NOPERM',
  refuses: ['PSUBSCRIBE', 'SSUBSCRIBE'],
  start: async () => {
    const server = await startServer({ engine: 'valkey', aclUsers: { app: rights.minimal } });
    return { connection: { host: server.host, port: server.port, ...login }, stop: () => server.stop() };
  },
};

/** Managed services, as far as an ACL and an endpoint can imitate them. */
export const profiles: readonly Topology[] = [serverlessService, enterpriseService, minimal];
