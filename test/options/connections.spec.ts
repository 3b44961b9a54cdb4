import { EventEmitter } from 'node:events';

import { describe, expect, it } from 'vitest';

import { type CachexOptions, resolveOptions } from '../../lib/options/index.js';
import { problemsOf } from './thrown-by.js';

const header = 'The options of CachexModule are not valid:';
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
      { type: 'memory', maxEntries: 5, maxBytes: 6 },
      { type: 'memory', maxEntries: 5, maxBytes: 6, ...common },
    ],
    ['may be a URL of a server', 'redis://h/2', { ...standalone, host: 'h', db: 2 }],
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

  it.each<[unknown, ...string[]]>([
    [5, 'connection must be a URL or an object'],
    [null, 'connection must be a URL or an object'],
    [['redis://h'], 'connection must be a URL or an object'],
    ['http://h', 'connection must start with redis://, valkey://, rediss://, valkeys://, unix://, memory://'],
    [{}, 'connection.type should not be empty (standalone, sentinel, cluster, memory): nothing else tells it'],
    [
      { poolSize: 2 },
      'connection.type should not be empty (standalone, sentinel, cluster, memory): nothing else tells it',
    ],
    [
      { host: 'h', nodes: ['a'] },
      'connection.type should not be empty (standalone, sentinel, cluster, memory): host and nodes contradict each other',
    ],
    [{ type: 'ring' }, 'connection.type must be one of the following values: standalone, sentinel, cluster, memory'],
    [
      { type: 'constructor' },
      'connection.type must be one of the following values: standalone, sentinel, cluster, memory',
    ],
    [
      { type: null, host: 'h' },
      'connection.type must be one of the following values: standalone, sentinel, cluster, memory',
    ],
    [{ type: 'sentinel', name: 'm', sentinels: [] }, 'connection.sentinels must contain at least 1 elements'],
    [{ type: 'sentinel', sentinels: ['a'] }, 'connection.name should not be empty'],
    [{ type: 'sentinel', name: 5, sentinels: ['a'] }, 'connection.name must be a string'],
    [{ type: 'sentinel', name: 'm' }, 'connection.sentinels must be an array'],
    [{ name: 'm', sentinels: 'a:1' }, 'connection.sentinels must be an array'],
    [{ type: 'cluster', nodes: [] }, 'connection.nodes must contain at least 1 elements'],
    [
      { type: 'cluster', nodes: [{ host: 'a', port: 70_000 }, { host: '', port: 0 }, { port: '1' }] },
      'connection.nodes.0.port must not be greater than 65535',
      'connection.nodes.1.host should not be empty',
      'connection.nodes.1.port must not be less than 1',
      'connection.nodes.2.host must be a string',
      'connection.nodes.2.port must be an integer number',
    ],
    [{ nodes: [{ host: 'a', weight: 1 }] }, 'connection.nodes.0.weight should not exist'],
    [
      { nodes: [5, null, 'a', 'memory://', 'unix:///r', 'a/1', 'redis://a?db=1', 'a:port', 'redis://'] },
      "connection.nodes.0 must be { host, port }, 'host:port' or a URL",
      "connection.nodes.1 must be { host, port }, 'host:port' or a URL",
      'connection.nodes.3 must name a host',
      'connection.nodes.4 must name a host',
      'connection.nodes.5 must have neither database nor parameters',
      'connection.nodes.6 must have neither database nor parameters',
      'connection.nodes.7 must be a valid URL, with reserved characters in user and password percent-encoded',
      'connection.nodes.8 must name a host',
    ],
    [
      { nodes: ['redis://u:one@a', 'redis://u:two@b', 'redis://v:one@c'] },
      'connection.nodes.1 must not have a password other than connection.password',
      'connection.nodes.2 must not have a username other than connection.username',
    ],
    [{ nodes: ['rediss://a'], tls: false }, 'connection.nodes.0 must not have a tls other than connection.tls'],
    [
      { name: 'm', sentinels: ['redis://:one@a'], sentinelPassword: 'two' },
      'connection.sentinels.0 must not have a password other than connection.sentinelPassword',
    ],
    [{ host: 'h', replicas: 'r' }, 'connection.replicas must be an array'],
    [{ host: 'h', replicas: [{ host: 'r', port: 1.5 }] }, 'connection.replicas.0.port must be an integer number'],
    [
      { url: 'redis://:one@h', replicas: ['redis://:two@r'] },
      'connection.replicas.0 must not have a password other than connection.password',
    ],
    [{ url: 5 }, 'connection.url must be a string'],
    [
      { url: 'redis://h:99999' },
      'connection.url must be a valid URL, with reserved characters in user and password percent-encoded',
    ],
    [{ url: 'memory://' }, "connection.url must be that of a server; the embedded engine is { type: 'memory' }"],
    [
      { url: 'redis://h', host: 'i', port: 1, path: '/r' },
      'connection.host must not stand beside connection.url',
      'connection.port must not stand beside connection.url',
      'connection.path must not stand beside connection.url',
    ],
    [{ path: '/r', host: 'h' }, 'connection.host must not stand beside connection.path'],
    [{ url: 'rediss://h', tls: false }, 'connection.tls must not be false beside a URL with TLS'],
    [{ host: '' }, 'connection.host should not be empty'],
    [{ host: 'h', port: 0 }, 'connection.port must not be less than 1'],
    [{ host: 'h', port: 65_536 }, 'connection.port must not be greater than 65535'],
    [{ host: 'h', port: null }, 'connection.port must be an integer number'],
    [{ path: '' }, 'connection.path should not be empty'],
    [{ host: 'h', db: -1 }, 'connection.db must not be less than 0'],
    [
      { host: 'h', username: 5, password: 5 },
      'connection.username must be a string',
      'connection.password must be a string',
    ],
    [{ host: 'h', tls: 'yes' }, 'connection.tls must be true, false or an object of options for node:tls'],
    [{ host: 'h', hots: 'i' }, 'connection.hots should not exist'],
    [{ host: 'h', readFrom: 'replica' }, 'connection.readFrom should not exist'],
    [{ host: 'h', connectTimeout: null }, 'connection.connectTimeout must end some day, so it must not be null'],
    [{ host: 'h', connectTimeout: 0 }, 'connection.connectTimeout must be longer than 0'],
    [{ host: 'h', commandTimeout: '25d' }, 'connection.commandTimeout must not be longer than 24 days'],
    [{ host: 'h', commandTimeout: '60' }, "connection.commandTimeout '60' has no unit: write 60 for seconds, or '60s'"],
    [
      { host: 'h', poolSize: 0, maxConnections: 1.5 },
      'connection.maxConnections must be an integer number',
      'connection.poolSize must not be less than 1',
    ],
    [{ host: 'h', connect: 'lazy' }, 'connection.connect must be one of the following values: eager, background'],
    [{ host: 'h', poolClass: () => new Pool() }, 'connection.poolClass must be a class'],
    [{ host: 'h', poolClass: new Pool() }, 'connection.poolClass must be a class'],
    [{ host: 'h', redisOptions: 'fast' }, 'connection.redisOptions must be an object of options for ioredis'],
    [
      { host: 'h', redisOptions: { keyPrefix: 'a' } },
      'connection.redisOptions must not have a keyPrefix: use that of CachexModule',
    ],
    [
      { nodes: ['a'], redisOptions: { redisOptions: { keyPrefix: 'a' } } },
      'connection.redisOptions must not have a keyPrefix: use that of CachexModule',
    ],
    [{ nodes: ['a'], db: 1 }, 'connection.db should not exist'],
    [{ nodes: ['a'], readFrom: 'slave' }, 'connection.readFrom must be one of the following values: primary, replica'],
    [
      { nodes: ['a'], natMap: { 'a:1': 'b:2' } },
      "connection.natMap must be a function or map each 'host:port' to { host, port }",
    ],
    [
      { name: 'm', sentinels: ['a'], sentinelTls: 5, sentinelPassword: 5 },
      'connection.sentinelPassword must be a string',
      'connection.sentinelTls must be true, false or an object of options for node:tls',
    ],
    [{ type: 'memory', host: 'h' }, 'connection.host should not exist'],
    [
      { type: 'memory', name: '', maxEntries: 0, maxBytes: 0.5 },
      'connection.name should not be empty',
      'connection.maxEntries must not be less than 1',
      'connection.maxBytes must be an integer number',
    ],
  ])('refuses %j', (connection, ...lines) => {
    expect(problemsOf(() => connectionOf(connection), header)).toEqual(lines.toSorted());
  });

  it('takes a function as natMap', () => {
    const toLocalhost = (): { host: string; port: number } => ({ host: 'localhost', port: 7001 });
    expect(connectionOf({ nodes: ['a'], natMap: toLocalhost })).toMatchObject({ natMap: toLocalhost });
  });

  it('leaves the object that it came from as it was', () => {
    const given = { type: 'cluster' as const, nodes: ['rediss://u:p@a'] };
    const copy = structuredClone(given);
    connectionOf(given);
    expect(given).toEqual(copy);
  });
});
