import { expect, type TestContext } from 'vitest';
import type { CachexOptions, CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import type { SentinelDeployment } from '../servers/sentinel.js';
import type { FaultRow } from './fault-row.js';
import { Load } from './load.js';
import { QuietLogger } from './quiet-logger.js';

export const commandTimeoutMs = 300;
/** How late a timer may be on a machine that is busy with other things. */
export const lateness = 2_000;

/** Where a cache finds its servers, as a plain object. */
export type Connection = Record<string, unknown>;

export const addressOf = ({ host, port }: { host: string; port: number }) => ({ host, port });

export const sentinelOf = ({ name, sentinels }: SentinelDeployment): Connection => ({
  type: 'sentinel',
  name,
  sentinels: sentinels.map(addressOf),
});

export const clusterOf = ({ nodes }: RedisCluster): Connection => ({ type: 'cluster', nodes: nodes.map(addressOf) });

/** For a fault in which no call fails: what only the machine delays is no failure. */
export const patient = (connection: Connection): Connection => ({ ...connection, commandTimeout: '3s' });

/** A cache that gives up soon, so that faults are over soon, and whose keys never expire. */
export function openImpatient(
  connection: Connection,
  options: Partial<CachexOptions> = {},
  logger = new QuietLogger('Cachex'),
): Promise<CachexService> {
  const impatient = { commandTimeout: `${commandTimeoutMs}ms`, ...connection } as CachexOptions['connection'];
  return openCache({ connection: impatient, timeout: null, ...options }, logger);
}

export interface Fault {
  /** What happened, as the table of faults has it. */
  readonly fault: string;
  readonly since: string;
  readonly promise: string;
  readonly connection: Connection;
  readonly keyOf?: (name: string) => string;
  /** Whether the cache works before. */
  readonly warm?: boolean;
  /** Makes the fault and ends it; marks where the first success is to be counted from. */
  readonly provoke: (load: Load) => Promise<unknown>;
}

/**
 * Has callers use a cache through a fault, and gives what became of them. Whatever the fault: every call ended in time,
 * and none was given another's answer.
 */
export async function goThrough({ task }: TestContext, fault: Fault): Promise<FaultRow> {
  const cache = await openImpatient(fault.connection);
  try {
    const load = await Load.start(cache, { keyOf: fault.keyOf, warm: fault.warm });
    try {
      await fault.provoke(load);
      const row = { ...fault, ...(await load.finish()) };
      const { connection: _connection, keyOf: _keyOf, provoke: _provoke, warm: _warm, ...meta } = row;
      task.meta.fault = meta;
      expect(row.wrong).toEqual([]);
      expect(row.slowestFailureMs).toBeLessThan(commandTimeoutMs + lateness);
      return meta;
    } finally {
      await load.stop();
    }
  } finally {
    await cache.close();
  }
}
