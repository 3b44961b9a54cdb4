import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotSupportedError } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { nobodysPorts } from '../servers/free-port.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import {
  commandMethods,
  reads,
  type SampleCall,
  serviceMethods,
  serviceReads,
  serviceWrites,
  stats,
  vital,
  writes,
} from './every-method.js';
import { addressOf } from './faults.js';
import { answersOf, performAll, specifyOutage } from './outages.js';

let server: RedisServer;
let proxy: Proxy;
beforeAll(async () => {
  server = await startServer({ engine: 'redis' });
  proxy = await startProxy(server);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

describe('the table of methods', () => {
  it('has a call of every method, so that none is forgotten', () => {
    const called = (...calls: SampleCall[]) => [...new Set(calls.map(({ method }) => method))].toSorted();
    expect(called(...reads, ...writes)).toEqual(commandMethods.toSorted());
    expect(called(...serviceReads, ...serviceWrites, ...vital, stats)).toEqual(serviceMethods.toSorted());
  });

  it('declares the result of a missing key for reads', async () => {
    const cache = await openCache({ connection: server.url, keyPrefix: 'nothing-there' });
    // getOrSet stores its value, and randomkey may find it.
    const calls = [...reads, ...serviceReads].filter(({ method }) => method !== 'randomkey');
    const outcomes = await performAll(cache, calls);
    await cache.close();
    const isOfNewerServers = (error: unknown) => error instanceof NotSupportedError;
    const known = outcomes.filter(({ error }) => !isOfNewerServers(error));
    expect(answersOf(known)).toEqual(known.map(({ call: { method, away } }) => [method, away]));
    const newer = outcomes.filter(({ error }) => isOfNewerServers(error)).map(({ call }) => call.method);
    expect(newer.filter((method) => !/^h(p?ttl|expiretime)$/.test(method))).toEqual([]);
  });
});

specifyOutage('was never there', {
  start: async () => ({ host: '127.0.0.1', port: nobodysPorts[0] }),
});

specifyOutage('is frozen', {
  start: () => addressOf(server),
  begin: () => server.pause(),
  end: () => server.resume(),
});

specifyOutage('was frozen before anybody connected', {
  start: () => {
    server.pause();
    return addressOf(server);
  },
  end: () => server.resume(),
});

specifyOutage('is behind a network that swallows everything', {
  start: () => addressOf(proxy),
  begin: () => proxy.blackHole(),
  end: () => proxy.pass(),
});

specifyOutage('is behind a network that swallowed everything from the start', {
  start: () => {
    proxy.blackHole();
    return addressOf(proxy);
  },
  end: () => proxy.pass(),
});

specifyOutage('refuses connections', {
  start: () => addressOf(proxy),
  begin: () => proxy.refuse(),
  end: () => proxy.pass(),
});
