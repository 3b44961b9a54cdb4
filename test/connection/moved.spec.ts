import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { CachexOptions, CachexService } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { Names } from '../servers/names.js';
import { startSentinel } from '../servers/sentinel.js';
import { startServer } from '../servers/server.js';
import { createCertificates } from '../servers/tls.js';
import { armed, keep } from '../tracking/tracked.js';

const [before, after] = ['127.0.0.2', '127.0.0.3'];
const logger = new QuietLogger('Cachex');

const open = (connection: object, options: CachexOptions = {}): Promise<CachexService> =>
  openCache(
    { connection: { commandTimeout: '2s', ...connection }, tracking: true, ...options } as CachexOptions,
    logger,
  );

/** Seconds until everything works again: calls of each kind, and local copies. */
async function back(cache: CachexService): Promise<number> {
  const start = performance.now();
  await expect.poll(() => cache.set('k', 2).then(Boolean, () => false), { timeout: 60_000, interval: 10 }).toBe(true);
  const seconds = (performance.now() - start) / 1000;
  await cache.rpush('list', 'x');
  expect(await cache.blpop(['list'], '2s')).toEqual(['list', 'x']);
  await armed(cache);
  await keep(cache, 'k');
  const lock = cache.lock('l');
  expect(await lock.acquire()).toBe(true);
  await lock.release();
  return seconds;
}

describe('servers that have moved behind the same names', () => {
  it.each([
    ['gone', 3],
    ['silent', 8],
  ])('all nodes of a cluster: the old ones are %s', { timeout: 90_000 }, async (how, most) => {
    await using names = new Names();
    const ofBefore = { 'cluster-announce-ip': before!, bind: `127.0.0.1 ${before}` };
    await using old = await startCluster({ engine: 'redis', replicasPerPrimary: 0, config: ofBefore });
    const nodes = old.nodes.map(({ port }, index) => ({ host: `node-${index}.test`, port }));
    for (const { host } of nodes) names.lead(host, before!);
    const cache = await open({ type: 'cluster', nodes, redisOptions: { dnsLookup: names.dnsLookup } });
    await cache.set('k', 1);
    await keep(cache, 'k');
    const ofAfter = { 'cluster-announce-ip': after!, bind: `127.0.0.1 ${after}` };
    await using now = await startCluster({ engine: 'redis', replicasPerPrimary: 0, config: ofAfter });
    // The new servers have the names and ports of the old ones.
    await Promise.all(nodes.map(({ port }, index) => names.open(after!, port, now.nodes[index]!)));
    for (const node of old.nodes) await (how === 'gone' ? node.kill() : node.pause());
    for (const { host } of nodes) names.lead(host, after!);
    const seconds = await back(cache);
    expect(seconds).toBeLessThan(most);
    await cache.close();
  });

  it('all Sentinels, and the servers that they name', { timeout: 90_000 }, async () => {
    await using names = new Names();
    await using old = await startSentinel({ engine: 'valkey' });
    await using now = await startSentinel({ engine: 'valkey' });
    const sentinels = old.sentinels.map(({ port }, index) => ({ host: `sentinel-${index}.test`, port }));
    await Promise.all(
      sentinels.map(async ({ host, port }, index) => {
        names.lead(host, before!);
        await names.open(before!, port, old.sentinels[index]!);
        await names.open(after!, port, now.sentinels[index]!);
      }),
    );
    const cache = await open({ type: 'sentinel', name: old.name, sentinels });
    await cache.set('k', 1);
    await keep(cache, 'k');
    await old.stop();
    for (const { host } of sentinels) names.lead(host, after!);
    const seconds = await back(cache);
    expect(seconds).toBeLessThan(5);
    await cache.close();
  });

  it('a server whose name has another address', { timeout: 60_000 }, async () => {
    await using names = new Names();
    await using old = await startServer({ engine: 'redis' });
    await using now = await startServer({ engine: 'redis' });
    const { port } = old;
    await names.open(before!, port, old);
    await names.open(after!, port, now);
    names.lead('cache.test', before!);
    const cache = await open({ host: 'cache.test', port });
    await cache.set('k', 1);
    await keep(cache, 'k');
    names.lead('cache.test', after!);
    await old.kill();
    const seconds = await back(cache);
    expect(seconds).toBeLessThan(3);
    await cache.close();
  });
});

describe('TLS with names, on a cluster', () => {
  /** Certificates for names, as managed services have them; records the names that were checked. */
  function checked(servers: Set<string>) {
    return (host: string, certificate: PeerCertificate): Error | undefined => {
      servers.add(host);
      if (isIP(host) > 0 || !host.endsWith('.test')) return new Error(`the certificate is not for ${host}`);
      return checkServerIdentity('localhost', certificate);
    };
  }

  const expectAll = async (connection: object, expected: readonly string[]): Promise<void> => {
    const seen = new Set<string>();
    const { tls, ...others } = connection as { tls: object };
    const cache = await open({ ...others, type: 'cluster', tls: { ...tls, checkServerIdentity: checked(seen) } });
    const keys = Array.from({ length: 30 }, (_, n) => `key:${n}`);
    await cache.setMany(keys.map((key) => [key, 1] as const));
    expect((await cache.getMany(keys)).size).toBe(keys.length);
    await back(cache);
    expect([...seen].toSorted()).toEqual(expected);
    await cache.close();
  };

  it('that announces them, that announces addresses, and one whose addresses have names', async () => {
    await using names = new Names();
    await using certificates = await createCertificates();
    const config = { 'cluster-preferred-endpoint-type': 'hostname' };
    await using cluster = await startCluster({ engine: 'redis', replicasPerPrimary: 0, tls: certificates, config });
    const tls = { ca: certificates.ca.cert };
    const hosts = cluster.nodes.map((_, index) => `node-${index}.test`);
    const nodes = cluster.nodes.map(({ port }, index) => ({ host: hosts[index]!, port }));
    for (const host of hosts) names.lead(host, '127.0.0.1');
    // Without hostnames, nodes announce their IP addresses.
    const natMap = Object.fromEntries(nodes.map((node) => [`127.0.0.1:${node.port}`, node]));
    await expectAll({ nodes, natMap, tls }, hosts);
    await expectAll({ nodes, tls: { ...tls, servername: 'cache.test' } }, ['cache.test']);
    await Promise.all(
      cluster.nodes.map((node, index) => node.cli('CONFIG', 'SET', 'cluster-announce-hostname', hosts[index]!)),
    );
    const named = async (): Promise<boolean> => {
      const slots = await Promise.all(cluster.nodes.map((node) => node.cli('CLUSTER', 'SLOTS')));
      return slots.every((each) => hosts.every((host) => each.includes(host)));
    };
    await expect.poll(named, { timeout: 20_000 }).toBe(true);
    await expectAll({ nodes: nodes.slice(0, 1), tls }, hosts);
  });
});
