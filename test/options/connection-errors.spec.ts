import { describe, expect, it } from 'vitest';

import { ConfigError } from '../../lib/errors/index.js';
import { type CachexOptions, resolveOptions } from '../../lib/options/index.js';
import { problemsOf } from './thrown-by.js';

const header = 'The options of CachexModule are not valid:';

class Pool {
  readonly name = 'pool';
}

describe('a connection that cannot work', () => {
  it.each<[unknown, ...string[]]>([
    [{ type: 'standalone', sentinels: ['redis://:pw@a'] }, 'connection.sentinels should not exist'],

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
      'connection.host must not be combined with connection.url',
      'connection.port must not be combined with connection.url',
      'connection.path must not be combined with connection.url',
    ],
    [{ path: '/r', host: 'h' }, 'connection.host must not be combined with connection.path'],
    [{ url: 'rediss://h', tls: false }, 'connection.tls must not be false beside a URL with TLS'],
    [{ host: '' }, 'connection.host should not be empty'],
    ...['h:6379', 'redis://h', '[::1]', 'h,i', ' h', 'h\n', '::1:6379:x'].map((host): [object, string] => [
      { host },
      'connection.host must be a name or an IP address and nothing else: no port, no URL, no brackets',
    ]),
    [
      { nodes: [{ host: 'h:6379' }, { host: '::1' }, { host: 'fe80::1%lo' }, { host: 'h_1' }] },
      'connection.nodes.0.host must be a name or an IP address and nothing else: no port, no URL, no brackets',
    ],
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
    [{ host: 'h', connectTimeout: null }, 'connection.connectTimeout must be finite, so it must not be null'],
    [{ host: 'h', connectTimeout: 0 }, 'connection.connectTimeout must be longer than 0'],
    [{ host: 'h', commandTimeout: '25d' }, 'connection.commandTimeout must not be longer than 24 days'],
    [{ host: 'h', commandTimeout: '60' }, "connection.commandTimeout '60' has no unit: write 60 for seconds, or '60s'"],
    [
      { host: 'h', poolSize: 0, maxConnections: 1.5 },
      'connection.maxConnections must be an integer number',
      'connection.poolSize must not be less than 1',
    ],
    [
      { host: 'h', commandTimeout: 500, connectTimeout: 60 },
      "connection.commandTimeout must have its unit: 500 means 500 seconds; write '500ms' or '500s'",
    ],
    [
      'redis://h?connectTimeout=5000',
      "connection.connectTimeout must have its unit: 5000 means 5000 seconds; write '5000ms' or '5000s'",
    ],
    [
      { host: 'h', credentials: 'secret' },
      'connection.credentials must be a function or an object with get(), which returns { username, password, expiresAt }',
    ],
    [
      { url: 'redis://:secret@h', credentials: async () => ({ password: 'a' }) },
      'connection.password must not stand beside connection.credentials',
    ],
    [
      { host: 'h', credentials: { get: async () => ({ password: 'a' }) }, redisOptions: { password: 'b' } },
      'connection.redisOptions.password must not stand beside connection.credentials',
    ],
    [{ host: 'h', connect: 'lazy' }, 'connection.connect must be one of the following values: eager, background'],
    [{ host: 'h', poolClass: () => new Pool() }, 'connection.poolClass must be a class'],
    [{ host: 'h', poolClass: new Pool() }, 'connection.poolClass must be a class'],
    [{ host: 'h', redisOptions: 'fast' }, 'connection.redisOptions must be an object of options for ioredis'],
    [
      { host: 'h', redisOptions: { keyPrefix: 'a' } },
      'connection.redisOptions must not have a keyPrefix: use the keyPrefix of CachexModule',
    ],
    [
      { nodes: ['a'], redisOptions: { redisOptions: { keyPrefix: 'a' } } },
      'connection.redisOptions must not have a keyPrefix: use the keyPrefix of CachexModule',
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
  ])('is refused: %j', (connection, ...lines) => {
    expect(problemsOf(() => resolveOptions({ connection } as CachexOptions), header)).toEqual(lines.toSorted());
  });
});

describe('options of ioredis that would break promises of the library', () => {
  const resolving = (connection: object) => () => resolveOptions({ connection } as CachexOptions);

  it.each<[string, unknown]>([
    ['protocol', 3],
    ['replyMapping', 'resp3'],
    ['stringNumbers', true],
    ['monitor', true],
    ['readOnly', true],
    ['role', 'slave'],
    ['db', 1],
    ['commandTimeout', 100],
    ['maxRetriesPerRequest', null],
    ['autoResendUnfulfilledCommands', true],
  ])('are refused on every topology, with what to do instead: %s', (name, value) => {
    const redisOptions = { [name]: value };
    for (const connection of [
      { host: 'h', redisOptions },
      { name: 'm', sentinels: ['s'], redisOptions },
      { nodes: ['a'], redisOptions: { redisOptions } },
    ]) {
      expect(resolving(connection)).toThrow(ConfigError);
      expect(resolving(connection)).toThrow(`connection.redisOptions must not have a ${name}: `);
    }
  });

  it.each(['protocol=3', 'stringNumbers=true', 'replyMapping=resp3', 'keyPrefix=a'])(
    'are none of a URL: %s',
    (query) => {
      expect(resolving({ url: `redis://h?${query}` })).toThrow(/unknown parameter/);
    },
  );

  it('are allowed with the library’s own values', () => {
    const redisOptions = {
      protocol: 2,
      replyMapping: 'legacy',
      stringNumbers: false,
      maxRetriesPerRequest: 0,
    } as const;
    expect(resolveOptions({ connection: { host: 'h', redisOptions } }).connection).toMatchObject({ redisOptions });
  });
});
