import { EventEmitter } from 'node:events';

import { describe, expect, it } from 'vitest';

import { type CachexOptions, resolveOptions } from '../../lib/options/index.js';

const connectionOf = (connection: unknown) => ({ ...resolveOptions({ connection } as CachexOptions).connection });
const common = {
  connectTimeoutMs: 5000,
  commandTimeoutMs: 5000,
  maxConnections: 50,
  poolSize: 1,
  connect: 'background',
};
const standalone = { type: 'standalone', host: 'localhost', port: 6379, db: 0, replicas: [], ...common };
const sentinel = { type: 'sentinel', name: 'm', db: 0, readFrom: 'primary', ...common };
const cluster = { type: 'cluster', readFrom: 'primary', ...common };

class Pool extends EventEmitter {}
const natMap = { '10.0.0.1:6379': { host: 'localhost', port: 7001 } };
const ca = { ca: 'certificate' };

describe('a connection', () => {
  it.each<[string, unknown, object]>([
    ['left out is private memory', undefined, { type: 'memory', ...common }],
    ['may be a URL of memory', 'memory://shared', { type: 'memory', name: 'shared', ...common }],
    [
      'may be memory',
      { type: 'memory', maxEntries: 5, maxBytes: 6, policy: 'lfu' },
      { type: 'memory', maxEntries: 5, maxBytes: 6, policy: 'lfu', ...common },
    ],
    ['may be a URL of a server', 'redis://h/2', { ...standalone, host: 'h', db: 2 }],
    [
      'may be a URL object',
      new URL('rediss://u:p%40@h/2'),
      { ...standalone, host: 'h', db: 2, username: 'u', password: 'p@', tls: {} },
    ],
    ['may be a URL with TLS', 'rediss://h', { ...standalone, host: 'h', tls: {} }],
    ['may be a socket', 'unix:///r.sock', { ...standalone, path: '/r.sock' }],
    ['may be standalone and nothing else', { type: 'standalone' }, standalone],
    ['with a host is standalone', { host: 'h' }, { ...standalone, host: 'h' }],
    ['with a port is standalone', { port: 7000 }, { ...standalone, port: 7000 }],
    ['with a path is standalone', { path: '/r.sock' }, { ...standalone, path: '/r.sock' }],
    ['with a URL is standalone', { url: 'redis://h' }, { ...standalone, host: 'h' }],
    [
      'with a URL takes from beside it what wins over the URL',
      {
        url: 'rediss://u:p@h/2?poolSize=3',
        username: 'v',
        password: 'q',
        db: 4,
        tls: ca,
        poolSize: 5,
        connect: 'eager',
      },
      { ...standalone, host: 'h', username: 'v', password: 'q', db: 4, tls: ca, poolSize: 5, connect: 'eager' },
    ],
    [
      'with a URL keeps what nothing beside it replaces',
      { url: 'rediss://u:p@h/2', db: undefined, replicas: ['r'] },
      { ...standalone, host: 'h', username: 'u', password: 'p', db: 2, tls: {}, replicas: [{ host: 'r', port: 6379 }] },
    ],
    ['without TLS has no tls', { host: 'h', tls: false }, { ...standalone, host: 'h' }],
    [
      'with sentinels is a sentinel',
      { name: 'm', sentinels: [{ host: 'a' }, { host: 'b', port: 1 }, 'c', 'd:2', '[::1]:3', 'redis://e:4'] },
      {
        ...sentinel,
        sentinels: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 1 },
          { host: 'c', port: 26379 },
          { host: 'd', port: 2 },
          { host: '::1', port: 3 },
          { host: 'e', port: 4 },
        ],
      },
    ],
    [
      'to Sentinels may have credentials for both kinds of servers',
      {
        type: 'sentinel',
        name: 'm',
        sentinels: ['a'],
        sentinelUsername: 'su',
        sentinelPassword: 'sp',
        sentinelTls: true,
        username: 'u',
        password: 'p',
        tls: ca,
        db: 3,
        readFrom: 'replica',
        redisOptions: { connectionName: 'shop' },
      },
      {
        ...sentinel,
        sentinels: [{ host: 'a', port: 26379 }],
        sentinelUsername: 'su',
        sentinelPassword: 'sp',
        sentinelTls: {},
        username: 'u',
        password: 'p',
        tls: ca,
        db: 3,
        readFrom: 'replica',
        redisOptions: { connectionName: 'shop' },
      },
    ],
    [
      'with nodes is a cluster',
      { nodes: ['a', { host: 'b', port: 7001 }], readFrom: 'replica', natMap, redisOptions: { maxRedirections: 3 } },
      {
        ...cluster,
        nodes: [
          { host: 'a', port: 6379 },
          { host: 'b', port: 7001 },
        ],
        readFrom: 'replica',
        natMap,
        redisOptions: { maxRedirections: 3 },
      },
    ],
    [
      'to a cluster takes credentials and TLS over from the URLs of its nodes',
      { type: 'cluster', nodes: ['a', 'rediss://u:p@b', 'rediss://u:p@c'] },
      {
        ...cluster,
        username: 'u',
        password: 'p',
        tls: {},
        nodes: ['a', 'b', 'c'].map((host) => ({ host, port: 6379 })),
      },
    ],
    [
      'to Sentinels takes the Sentinels’ credentials over from their URLs',
      { name: 'm', sentinels: ['rediss://u:p@a'], password: 'other' },
      {
        ...sentinel,
        password: 'other',
        sentinelUsername: 'u',
        sentinelPassword: 'p',
        sentinelTls: {},
        sentinels: [{ host: 'a', port: 26379 }],
      },
    ],
    [
      'may repeat its credentials in the URLs of its replicas',
      { url: 'rediss://u:p@h', tls: ca, replicas: ['rediss://u:p@r:7000', { host: 's' }] },
      {
        ...standalone,
        host: 'h',
        username: 'u',
        password: 'p',
        tls: ca,
        replicas: [
          { host: 'r', port: 7000 },
          { host: 's', port: 6379 },
        ],
      },
    ],
    [
      'takes timeouts in seconds or with units',
      { host: 'h', connectTimeout: 1.5, commandTimeout: '250ms', maxConnections: 3, poolClass: Pool },
      {
        ...standalone,
        host: 'h',
        connectTimeoutMs: 1500,
        commandTimeoutMs: 250,
        maxConnections: 3,
        poolClass: Pool,
      },
    ],
  ])('%s', (_, connection, expected) => {
    expect(connectionOf(connection)).toEqual(expected);
  });

  it('accepts a function as natMap', () => {
    const toLocalhost = (): { host: string; port: number } => ({ host: 'localhost', port: 7001 });
    expect(connectionOf({ nodes: ['a'], natMap: toLocalhost })).toMatchObject({ natMap: toLocalhost });
  });

  it('does not change the object that it was given', () => {
    const given = { type: 'cluster' as const, nodes: ['rediss://u:p@a'] };
    const copy = structuredClone(given);
    connectionOf(given);
    expect(given).toEqual(copy);
  });
});
