import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { CachexOptions } from '../../lib/index.js';
import { endingWithFile } from '../children.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { isNewestRun } from '../servers/engine.js';
import { startSentinel } from '../servers/sentinel.js';
import { startServer } from '../servers/server.js';
import { killFeeds, ways } from './ways.js';

const script = fileURLToPath(new URL('worker.mjs', import.meta.url));
const writers = 3;
const keys = 90;

/**
 * The time in milliseconds in which a change must become known: much longer than it takes, and much shorter than a key
 * stays unchanged.
 */
const getsAboutMs = 1000;

/** Every fault drops all copies: errors since the last fault are visible only while the copies stay for a while. */
const calmMs = 2 * getsAboutMs;

interface Log {
  readonly acknowledged: [key: number, number: number, when: number][];
  readonly given: [keyAndNumber: string, lastAsked: number][];
  readonly hits: number;
}

type Values = [key: string, number: number][];

type Connection = NonNullable<CachexOptions['connection']>;

async function startWorker(connection: Connection, own: number): Promise<ChildProcess> {
  const child = endingWithFile(fork(script, [JSON.stringify({ connection, own, writers, keys })]));
  await once(child, 'message');
  return child;
}

async function answer<T>(child: ChildProcess, question: string): Promise<T> {
  child.send(question);
  const [reply] = (await once(child, 'message')) as [T];
  return reply;
}

/** Lets processes read and write during the faults; returns their logs, and their reads after everything is quiet. */
async function torture(
  connection: Connection,
  faults: readonly (() => Promise<unknown>)[],
): Promise<[Log[], Values[]]> {
  const workers = await Promise.all(Array.from({ length: writers }, (_, own) => startWorker(connection, own)));
  for (const fault of faults) {
    await delay(400);
    await fault();
  }
  await delay(calmMs);
  const logs = await Promise.all(workers.map((worker) => answer<Log>(worker, 'stop')));
  await delay(getsAboutMs);
  const ends = workers.map((worker) => once(worker, 'exit'));
  const values = await Promise.all(workers.map((worker) => answer<Values>(worker, 'read')));
  await Promise.all(ends);
  for (const { acknowledged, hits } of logs) {
    // More than one write for each key of its own.
    expect(acknowledged.length).toBeGreaterThan(keys / writers);
    expect(hits).toBeGreaterThan(50);
  }
  return [logs, values];
}

/** The values on the server. */
async function valuesAt(connection: Connection): Promise<Values> {
  const cache = await openCache({ connection });
  const values = await cache.getMany<number>(Array.from({ length: keys }, (_, key) => `k${key}`));
  await cache.close();
  return [...values];
}

/** Reads of a value long after the acknowledgement of a newer one. */
function staleReads(logs: readonly Log[]): string[] {
  const writes = new Map<number, [number: number, when: number][]>();
  for (const [key, number, when] of logs.flatMap(({ acknowledged }) => acknowledged)) {
    writes.set(key, [...(writes.get(key) ?? []), [number, when]]);
  }
  return logs
    .flatMap(({ given }) => given)
    .flatMap(([keyAndNumber, asked]) => {
      const [key, number] = keyAndNumber.split(' ').map(Number) as [number, number];
      const overwritten = writes.get(key)?.find(([newer]) => newer > number)?.[1] ?? Infinity;
      return asked > overwritten + getsAboutMs ? [`${keyAndNumber}: ${Math.round(asked - overwritten)} ms late`] : [];
    });
}

/** Twenty seconds each: the oldest servers report over one protocol, the newest over the other. */
const tortured = ways.filter(({ way }) => way === (isNewestRun() ? 'RESP2' : 'RESP3'));

describe.each(tortured)('tracking over $way under torture', ({ config }) => {
  it('gives no process a value that was overwritten a while ago', { timeout: 30_000 }, async () => {
    await using server = await startServer({ engine: 'redis', config });
    const lost = () => killFeeds(server);
    const connectionsLost = () => server.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    const restarted = () => server.restart();
    const faults = [lost, lost, restarted, lost, connectionsLost, lost];
    const connection: Connection = { type: 'standalone', url: server.url };
    const [logs, values] = await torture(connection, faults);
    expect(staleReads(logs)).toEqual([]);
    const left = await valuesAt(connection);
    for (const read of values) expect(read).toEqual(left);
  });

  // A promoted replica may lack writes that the old primary had acknowledged: readers must then get the server's value,
  // and no other.
  it('leaves no process with a value that a failover has lost', { timeout: 30_000 }, async () => {
    await using deployment = await startSentinel({ engine: 'valkey', config });
    const { name } = deployment;
    const sentinels = deployment.sentinels.map(({ host, port }) => ({ host, port }));
    const failover = () => deployment.failover();
    const connection: Connection = { type: 'sentinel', name, sentinels };
    const [, values] = await torture(connection, [failover]);
    const left = await valuesAt(connection);
    for (const read of values) expect(read).toEqual(left);
  });

  it('leaves no process with a value that a node of a cluster has lost', { timeout: 60_000 }, async () => {
    await using cluster = await startCluster({ engine: 'redis', config });
    const connection: Connection = { type: 'cluster', nodes: cluster.nodes.map(({ host, port }) => ({ host, port })) };
    const lost = () => Promise.all(cluster.nodes.map(killFeeds));
    const failover = async () => {
      const [primary] = await cluster.primaries();
      const [replica] = await cluster.replicas(primary!);
      await cluster.failover(replica!);
    };
    const [logs, values] = await torture(connection, [lost, failover, lost]);
    expect(staleReads(logs)).toEqual([]);
    const left = await valuesAt(connection);
    for (const read of values) expect(read).toEqual(left);
  });
});
