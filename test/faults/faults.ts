import { expect, type TestContext } from 'vitest';
import type { CachexOptions, CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import type { SentinelDeployment } from '../servers/sentinel.js';
import type { FaultRow } from './fault-row.js';
import { Load } from './load.js';
import { QuietLogger } from './quiet-logger.js';

export const commandTimeoutMs = 300;
/** The possible delay of a timer on a busy machine. */
export const lateness = 2_000;

/** The address of a cache's servers, as a plain object. */
export type Connection = Record<string, unknown>;

export const addressOf = ({ host, port }: { host: string; port: number }) => ({ host, port });

export const sentinelOf = ({ name, sentinels }: SentinelDeployment): Connection => ({
  type: 'sentinel',
  name,
  sentinels: sentinels.map(addressOf),
});

export const clusterOf = ({ nodes }: RedisCluster): Connection => ({ type: 'cluster', nodes: nodes.map(addressOf) });

/** For faults that no call waits for in vain: delays of a busy machine must not count as failures. */
export const patient = (connection: Connection): Connection => ({ ...connection, commandTimeout: '3s' });

/** A cache with short time limits, so that faults are over soon; its keys never expire. */
export function openImpatient(
  connection: Connection,
  options: Partial<CachexOptions> = {},
  logger = new QuietLogger('Cachex'),
): Promise<CachexService> {
  const impatient = { commandTimeout: `${commandTimeoutMs}ms`, ...connection } as CachexOptions['connection'];
  return openCache({ connection: impatient, timeout: null, ...options }, logger);
}

export interface Fault {
  /** The name of the fault in the table. */
  readonly fault: string;
  readonly since: string;
  readonly promise: string;
  readonly connection: Connection;
  readonly keyOf?: (name: string) => string;
  /** Whether the cache works before the fault. */
  readonly warm?: boolean;
  /** Causes the fault and ends it; marks the moment from which the first success is timed. */
  readonly provoke: (load: Load) => Promise<unknown>;
}

/**
 * Lets callers use a cache during a fault, and reports the outcome. During any fault, every call must end in time, and
 * no caller may get another's answer.
 */
export async function goThrough({ task }: TestContext, fault: Fault): Promise<FaultRow> {
  const cache = await openImpatient(fault.connection);
  try {
    const load = await Load.start(cache, { keyOf: fault.keyOf, warm: fault.warm });
    try {
      await fault.provoke(load);
      const row = { ...fault, ...(await load.finish((keys) => readBy(fault.connection, keys))) };
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

/** What is there for a cache that has not seen the fault. */
async function readBy(connection: Connection, keys: readonly string[]): Promise<Map<string, string>> {
  const cache = await openImpatient(patient(connection));
  try {
    return await cache.getMany<string>(keys);
  } finally {
    await cache.close();
  }
}
