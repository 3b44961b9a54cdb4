import { Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster } from './cluster.js';
import { engines } from './engine.js';
import { connectOnce, stopAndExpectNothingLeft } from './self-test.js';
import { startSentinel } from './sentinel.js';
import { type RedisServer } from './server.js';
import { type Certificates, createCertificates } from './tls.js';
import { waitFor } from './wait-for.js';

let certificates: Certificates;
beforeAll(async () => {
  certificates = await createCertificates();
});
afterAll(() => certificates.stop());

describe.each(engines)('%s behind Sentinels', { concurrent: true }, (engine) => {
  it('has a primary that clients find, before and after a failover', async () => {
    const deployment = await startSentinel({ engine, password: 'secret', sentinelPassword: 'hush', tls: certificates });
    const [before, after] = [await deployment.primary(), await deployment.replica()];
    const { name, sentinels, servers } = deployment;
    const tls = { ca: certificates.ca.cert };
    const pidThatClientsFind = async () => {
      const redis = await connectOnce({
        ...{ name, sentinels: sentinels.map(({ host, port }) => ({ host, port })), enableTLSForSentinelMode: true },
        ...{ password: 'secret', sentinelPassword: 'hush', tls, sentinelTLS: tls },
      });
      const info = await redis.info('server');
      redis.disconnect();
      return Number(/process_id:(\d+)/.exec(info)?.[1]);
    };
    expect(await pidThatClientsFind()).toBe(before.pid);
    await before.cli('SET', 'key', 'value');

    await deployment.failover();
    await waitFor(async () => (await deployment.primary()) === after, { what: 'the Sentinels to agree' });
    expect(await pidThatClientsFind()).toBe(after.pid);

    await deployment.settled();
    await expect(before.cli('SET', 'key', 'other')).rejects.toThrow('READONLY');
    expect(await before.cli('GET', 'key')).toBe('value');
    await stopAndExpectNothingLeft(deployment, [...sentinels, ...servers]);
  });

  it('fails over by itself when the primary is killed', async () => {
    await using deployment = await startSentinel({ engine });
    const replica = await deployment.replica();
    await deployment.killPrimary();
    await waitFor(async () => (await deployment.primary()) === replica, { what: 'a failover', timeout: 20_000 });
    expect(await replica.cli('SET', 'key', 'value')).toBe('OK');
  });
});

describe.each(engines)('a %s cluster', { concurrent: true }, (engine) => {
  const hashTag = '{tag}';
  const keys = Array.from({ length: 5 }, (_, index) => `${hashTag}${index}`);

  it('moves a slot step by step', async () => {
    const cluster = await startCluster({ engine, password: 'secret', tls: certificates });
    const { nodes } = cluster;
    const redisOptions = { password: 'secret', tls: { ca: certificates.ca.cert } };
    const client = new Cluster(
      nodes.map(({ host, port }) => ({ host, port })),
      { redisOptions },
    );
    for (const key of keys) await client.set(key, `value of ${key}`);
    const slot = Number(await cluster.cli('CLUSTER', 'KEYSLOT', hashTag));
    const from = await cluster.slotOwner(slot);
    const to = (await cluster.primaries()).find((node) => node !== from)!;
    const [first, second] = keys as [string, string];

    await cluster.setMigrating(slot, to);
    await cluster.migrateKeys(slot, to, [first]);
    await expect(from.cli('GET', first)).rejects.toThrow(`ASK ${slot} ${to.host}:${to.port}`);
    expect(await from.cli('GET', second)).toBe(`value of ${second}`);
    await expect(from.cli('MGET', first, second)).rejects.toThrow('TRYAGAIN');
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);

    expect(await cluster.slotOwner(slot)).toBe(to);
    await expect(from.cli('GET', first)).rejects.toThrow(`MOVED ${slot} ${to.host}:${to.port}`);
    expect(await client.mget(keys)).toEqual(keys.map((key) => `value of ${key}`));
    client.disconnect();
    await stopAndExpectNothingLeft(cluster, nodes);
  });

  it('makes a replica the primary', async () => {
    await using cluster = await startCluster({ engine });
    await cluster.cli('SET', hashTag, 'value');
    const [primaries, replicas] = [await cluster.primaries(), await cluster.replicas()];
    expect([primaries.length, replicas.length]).toEqual([3, 3]);
    const slot = Number(await cluster.cli('CLUSTER', 'KEYSLOT', hashTag));
    const owner = await cluster.slotOwner(slot);
    const [replica] = (await cluster.replicas(owner)) as [RedisServer];
    expect(replicas).toContain(replica);

    await cluster.failover(replica);
    await cluster.settled();
    expect(await cluster.slotOwner(slot)).toBe(replica);
    expect(await cluster.replicas(replica)).toEqual([owner]);
    expect(await cluster.cli('GET', hashTag)).toBe('value');
  });
});
