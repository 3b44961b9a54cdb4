import { ConfigModule } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { cachexConfig, optionsFromEnv, resolveOptions } from '../../lib/options/index.js';
import { problemsOf } from './thrown-by.js';

const header = 'The CACHEX_* variables are not valid:';

describe('optionsFromEnv', () => {
  it.each<[NodeJS.ProcessEnv, object]>([
    [{}, {}],
    [{ PATH: '/bin', CACHE_URL: 'x', cachex_url: 'x' }, {}],
    [{ CACHEX_URL: '', CACHEX_TIMEOUT: ' ', CACHEX_TYPO: '', CACHEX_PASSWORD: undefined }, {}],
    [{ CACHEX_KEY_PREFIX: ' shop ' }, { keyPrefix: 'shop' }],
    [{ CACHEX_VERSION: '2' }, { version: 2 }],
    [{ CACHEX_VERSION: 'v2' }, { version: 'v2' }],
    [{ CACHEX_VERSION: '007' }, { version: '007' }],
    [{ CACHEX_VERSION: '1.5' }, { version: '1.5' }],
    [{ CACHEX_TIMEOUT: '300' }, { timeout: 300 }],
    [{ CACHEX_TIMEOUT: '0.5' }, { timeout: 0.5 }],
    [{ CACHEX_TIMEOUT: '5m' }, { timeout: '5m' }],
    [{ CACHEX_TIMEOUT: 'never' }, { timeout: null }],
    [{ CACHEX_SERIALIZER: 'json' }, { serializer: ['json'] }],
    [{ CACHEX_SERIALIZER: 'json, msgpack' }, { serializer: ['json', 'msgpack'] }],
    [{ CACHEX_COMPRESSOR: 'zstd,lz4' }, { compressor: ['zstd', 'lz4'] }],
    [
      { CACHEX_IGNORE_EXCEPTIONS: 'true', CACHEX_LOG_IGNORED_EXCEPTIONS: 'Yes' },
      { ignoreExceptions: true, logIgnoredExceptions: true },
    ],
    [
      { CACHEX_STAMPEDE: '1', CACHEX_TRACKING: 'off', CACHEX_TRACE_KEYS: 'yes' },
      { stampede: true, tracking: false, traceKeys: true },
    ],
    [{ CACHEX_URL: 'memory://shared' }, { connection: { type: 'memory', name: 'shared' } }],
    [
      {
        CACHEX_URL: 'redis://u:p@h/2',
        CACHEX_USERNAME: 'v',
        CACHEX_PASSWORD: ' q ',
        CACHEX_CONNECT: 'eager',
        CACHEX_CONNECT_TIMEOUT: '250ms',
        CACHEX_COMMAND_TIMEOUT: '2',
        CACHEX_POOL_SIZE: '3',
        CACHEX_MAX_CONNECTIONS: '4',
      },
      {
        connection: {
          type: 'standalone',
          host: 'h',
          port: 6379,
          db: 2,
          username: 'v',
          password: ' q ',
          connect: 'eager',
          connectTimeout: '250ms',
          commandTimeout: 2,
          poolSize: 3,
          maxConnections: 4,
        },
      },
    ],
    [
      {
        CACHEX_SENTINELS: 's1:26379, s2:26380',
        CACHEX_SENTINEL_NAME: 'mymaster',
        CACHEX_SENTINEL_USERNAME: 'su',
        CACHEX_SENTINEL_PASSWORD: 'sp',
        CACHEX_PASSWORD: 'p',
        CACHEX_READ_FROM: 'replica',
      },
      {
        connection: {
          sentinels: ['s1:26379', 's2:26380'],
          name: 'mymaster',
          sentinelUsername: 'su',
          sentinelPassword: 'sp',
          password: 'p',
          readFrom: 'replica',
        },
      },
    ],
    [
      { CACHEX_CLUSTER_NODES: 'rediss://n1:7000,[::1]:7001', CACHEX_READ_FROM: 'primary' },
      { connection: { nodes: ['rediss://n1:7000', '[::1]:7001'], readFrom: 'primary' } },
    ],
  ])('reads %j', (env, expected) => {
    const options = optionsFromEnv(env);
    expect(options).toEqual(expected);
    expect(() => resolveOptions(options)).not.toThrow();
  });

  const known =
    'CACHEX_URL, CACHEX_SENTINELS, CACHEX_SENTINEL_NAME, CACHEX_SENTINEL_USERNAME, CACHEX_SENTINEL_PASSWORD, ' +
    'CACHEX_CLUSTER_NODES, CACHEX_READ_FROM, CACHEX_USERNAME, CACHEX_PASSWORD, CACHEX_CONNECT, CACHEX_CONNECT_TIMEOUT, ' +
    'CACHEX_COMMAND_TIMEOUT, CACHEX_POOL_SIZE, CACHEX_MAX_CONNECTIONS, CACHEX_KEY_PREFIX, CACHEX_VERSION, ' +
    'CACHEX_TIMEOUT, CACHEX_SERIALIZER, CACHEX_COMPRESSOR, CACHEX_IGNORE_EXCEPTIONS, CACHEX_LOG_IGNORED_EXCEPTIONS, ' +
    'CACHEX_STAMPEDE, CACHEX_TRACKING, CACHEX_TRACE_KEYS';
  const sources = 'CACHEX_URL or CACHEX_SENTINELS or CACHEX_CLUSTER_NODES beside it';
  it.each<[NodeJS.ProcessEnv, ...string[]]>([
    [{ CACHEX_ULR: 'redis://h' }, `CACHEX_ULR is not a known variable; known are ${known}`],
    [
      { CACHEX_URL: 'http://h' },
      'CACHEX_URL must start with redis://, valkey://, rediss://, valkeys://, unix://, memory://',
    ],
    [
      { CACHEX_URL: 'redis://:hunter2@h:99999' },
      'CACHEX_URL must be a valid URL, with reserved characters in user and password percent-encoded',
    ],
    [{ CACHEX_URL: 'redis://h?poolSize=0' }, 'CACHEX_URL.poolSize must not be less than 1'],
    [{ CACHEX_URL: 'redis://h', CACHEX_POOL_SIZE: '0' }, 'CACHEX_POOL_SIZE must not be less than 1'],
    [{ CACHEX_URL: 'redis://h', CACHEX_MAX_CONNECTIONS: 'many' }, 'CACHEX_MAX_CONNECTIONS must be an integer number'],
    [
      { CACHEX_URL: 'redis://h', CACHEX_CONNECT: 'lazy' },
      'CACHEX_CONNECT must be one of the following values: eager, background',
    ],
    [{ CACHEX_URL: 'redis://h', CACHEX_CONNECT_TIMEOUT: '0' }, 'CACHEX_CONNECT_TIMEOUT must be longer than 0'],
    [
      { CACHEX_URL: 'redis://h', CACHEX_COMMAND_TIMEOUT: 'never' },
      "CACHEX_COMMAND_TIMEOUT must be a number of seconds or a duration such as '250ms', '5m' or '1h 30m', not 'never'",
    ],
    [
      { CACHEX_URL: 'redis://h', CACHEX_READ_FROM: 'replica' },
      'CACHEX_READ_FROM has no meaning for this kind of connection',
    ],
    [
      { CACHEX_URL: 'memory://', CACHEX_PASSWORD: 'hunter2' },
      'CACHEX_PASSWORD has no meaning for this kind of connection',
    ],
    [{ CACHEX_URL: 'memory://', CACHEX_SENTINEL_NAME: 'm' }, 'CACHEX_SENTINEL_NAME needs CACHEX_SENTINELS beside it'],
    [
      { CACHEX_PASSWORD: 'hunter2', CACHEX_POOL_SIZE: '0' },
      `CACHEX_PASSWORD needs ${sources}`,
      `CACHEX_POOL_SIZE needs ${sources}`,
    ],
    [
      { CACHEX_URL: 'redis://h', CACHEX_SENTINELS: 's' },
      'CACHEX_URL and CACHEX_SENTINELS exclude each other: each names the server',
    ],
    [{ CACHEX_SENTINELS: 's' }, 'CACHEX_SENTINEL_NAME should not be empty'],
    [
      { CACHEX_SENTINELS: 's:99999,,t', CACHEX_SENTINEL_NAME: 'm' },
      'CACHEX_SENTINELS.0 must be a valid URL, with reserved characters in user and password percent-encoded',
      'CACHEX_SENTINELS.1 must name a host',
    ],
    [{ CACHEX_CLUSTER_NODES: 'memory://' }, 'CACHEX_CLUSTER_NODES.0 must name a host'],
    [
      { CACHEX_CLUSTER_NODES: 'n', CACHEX_READ_FROM: 'slave' },
      'CACHEX_READ_FROM must be one of the following values: primary, replica',
    ],
    [{ CACHEX_VERSION: 'a:b' }, "CACHEX_VERSION must be an integer or a non-empty string without ':'"],
    [
      { CACHEX_VERSION: 'lock' },
      "CACHEX_VERSION must not be 'lock': keys under that name are reserved for the library",
    ],
    [
      { CACHEX_TIMEOUT: '5 bananas' },
      "CACHEX_TIMEOUT must be a number of seconds or a duration such as '250ms', '5m' or '1h 30m', not '5 bananas'",
    ],
    [
      { CACHEX_SERIALIZER: 'json,xml' },
      'CACHEX_SERIALIZER.1 must be one of msgpack, json, v8, or an object with serialize and deserialize',
    ],
    [
      { CACHEX_COMPRESSOR: 'zip' },
      'CACHEX_COMPRESSOR.0 must be one of zlib, gzip, brotli, lz4, zstd, or an object with compress and decompress',
    ],
    [{ CACHEX_IGNORE_EXCEPTIONS: 'perhaps' }, 'CACHEX_IGNORE_EXCEPTIONS must be a boolean value'],
    [{ CACHEX_STAMPEDE: '60' }, 'CACHEX_STAMPEDE must be true, false or an object of options'],
    [
      { CACHEX_TRACKING: 'all', CACHEX_TIMEOUT: 'x' },
      'CACHEX_TRACKING must be true, false or an object of options',
      "CACHEX_TIMEOUT must be a number of seconds or a duration such as '250ms', '5m' or '1h 30m', not 'x'",
    ],
  ])('refuses %j', (env, ...lines) => {
    expect(problemsOf(() => optionsFromEnv(env), header)).toEqual(lines.toSorted());
  });
});

describe('cachexConfig', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('provides the options of the environment under its key', async () => {
    vi.stubEnv('CACHEX_URL', 'redis://h');
    vi.stubEnv('CACHEX_TIMEOUT', '10m');
    const { imports, inject, useFactory } = cachexConfig.asProvider();
    const app = await Test.createTestingModule({
      imports: [ConfigModule.forRoot({ ignoreEnvFile: true }), ...imports],
      providers: [{ provide: 'options', inject, useFactory }],
    }).compile();
    expect(resolveOptions(app.get('options'))).toMatchObject({ connection: { host: 'h' }, timeoutMs: 600_000 });
    await app.close();
  });

  it('fails the start for a bad variable', async () => {
    vi.stubEnv('CACHEX_TIMOUT', '10m');
    const start = Test.createTestingModule({ imports: cachexConfig.asProvider().imports }).compile();
    await expect(start).rejects.toThrow(
      /^The CACHEX_\* variables are not valid:\nCACHEX_TIMOUT is not a known variable; /,
    );
  });
});
