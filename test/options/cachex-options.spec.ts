import { describe, expect, it } from 'vitest';

import { ConfigError } from '../../lib/errors/index.js';
import { type KeyFunction, resolveOptions } from '../../lib/options/index.js';
import { CachexOptions } from '../../lib/options/cachex.options.js';
import { resolveStampede } from '../../lib/options/stampede.options.js';
import { problemsOf } from './thrown-by.js';

const resolve = (options: object) => resolveOptions(options);
const header = 'The options of CachexModule are not valid:';

const keyFunction: KeyFunction = {
  make: (key, prefix, version) => `${prefix}/${version}/${key}`,
  reverse: (wire) => ({ key: wire, version: 1 }),
};
class Slashes implements KeyFunction {
  make(key: string): string {
    return `/${key}`;
  }
  reverse(wire: string): { key: string; version: number } {
    return { key: wire.slice(1), version: 1 };
  }
}
const serializer = { serialize: () => Buffer.of(), deserialize: () => null };
const compressor = { compress: (data: Buffer) => data, decompress: (data: Buffer) => data };

describe('resolveOptions', () => {
  it('fills in the defaults', () => {
    expect({ ...resolve({}) }).toEqual({
      connection: expect.objectContaining({ type: 'memory' }),
      keyPrefix: '',
      version: 1,
      timeoutMs: 300_000,
      serializers: ['msgpack'],
      compressors: [],
      ignoreExceptions: false,
      logIgnoredExceptions: false,
      traceKeys: false,
    });
  });

  it('treats undefined as left out', () => {
    const names = Object.keys(resolve({}));
    const options = {
      connection: undefined,
      keyPrefix: undefined,
      timeout: undefined,
      stampede: undefined,
      typo: undefined,
    };
    expect({ ...resolve(options) }).toEqual({ ...resolve({}) });
    expect(Object.keys(resolve(options))).toEqual(names);
  });

  it.each<[object, object]>([
    [{ keyPrefix: 'shop:' }, { keyPrefix: 'shop:' }],
    [{ version: 'v2' }, { version: 'v2' }],
    [{ version: 0 }, { version: 0 }],
    [{ timeout: null }, { timeoutMs: null }],
    [{ timeout: 0 }, { timeoutMs: 0 }],
    [{ timeout: -1 }, { timeoutMs: 0 }],
    [{ timeout: '1h 30m' }, { timeoutMs: 5_400_000 }],
    [{ keyFunction }, { keyFunction }],
    [{ keyFunction: new Slashes() }, { keyFunction: expect.any(Slashes) }],
    [{ serializer: 'json' }, { serializers: ['json'] }],
    [{ serializer: ['v8', serializer] }, { serializers: ['v8', serializer] }],
    [{ compressor: 'zstd' }, { compressors: ['zstd'] }],
    [{ compressor: [] }, { compressors: [] }],
    [{ compressor: [compressor, 'lz4'] }, { compressors: [compressor, 'lz4'] }],
    [
      { ignoreExceptions: true, logIgnoredExceptions: true },
      { ignoreExceptions: true, logIgnoredExceptions: true },
    ],
    [
      { stampede: false, tracking: false },
      { stampede: undefined, tracking: undefined },
    ],
    [{ stampede: true }, { stampede: { bufferMs: 60_000, beta: 1, deltaMs: 1000 } }],
    [{ stampede: {} }, { stampede: { bufferMs: 60_000, beta: 1, deltaMs: 1000 } }],
    [{ stampede: { buffer: '5m', beta: 0, delta: 0.25 } }, { stampede: { bufferMs: 300_000, beta: 0, deltaMs: 250 } }],
    [{ stampede: { buffer: 0, delta: 0 } }, { stampede: { bufferMs: 0, beta: 1, deltaMs: 0 } }],
    [
      { tracking: true },
      { tracking: { maxEntries: 10_000, maxBytes: 67_108_864, timeoutMs: null, coherence: 'auto' } },
    ],
    [
      { tracking: { maxEntries: 5, maxBytes: 6, timeout: '1m' } },
      { tracking: { maxEntries: 5, maxBytes: 6, timeoutMs: 60_000, coherence: 'auto' } },
    ],
    [
      { tracking: { timeout: null } },
      { tracking: { maxEntries: 10_000, maxBytes: 67_108_864, timeoutMs: null, coherence: 'auto' } },
    ],
    [
      { tracking: { timeout: '5s', coherence: 'ttl' } },
      { tracking: { maxEntries: 10_000, maxBytes: 67_108_864, timeoutMs: 5_000, coherence: 'ttl' } },
    ],
  ])('resolves %o', (options, expected) => {
    const resolved = resolve(options);
    for (const [name, value] of Object.entries(expected))
      expect(resolved[name as keyof typeof resolved]).toEqual(value);
  });

  it.each<[object, ...string[]]>([
    [{ conection: 'redis://h' }, 'conection should not exist'],
    [{ 'a b': 1 }, 'a b should not exist'],
    [{ keyPrefix: null }, 'keyPrefix must be a string, not null'],
    [{ keyPrefix: 'half a pair \ud83c' }, 'keyPrefix must be well-formed Unicode'],
    ...['shop:tag', 'shop:lock:eu', 'a:b:sem', ':tag'].map((keyPrefix): [object, string] => [
      { keyPrefix },
      `keyPrefix must not have '${/tag|lock|sem/.exec(keyPrefix)![0]}' between colons: ` +
        `keys under that name are reserved for a cache with the shorter prefix`,
    ]),
    [{ version: '' }, "version must be an integer or a non-empty string without ':'"],
    [{ version: 'a:b' }, "version must be an integer or a non-empty string without ':'"],
    [{ version: 1.5 }, "version must be an integer or a non-empty string without ':'"],
    [{ version: 'lock' }, "version must not be 'lock': keys under that name are reserved for the library"],
    [{ keyFunction: () => 'key' }, 'keyFunction must be an object with make and reverse'],
    [{ keyFunction: { make: () => 'key' } }, 'keyFunction must be an object with make and reverse'],
    [
      { timeout: '5 bananas' },
      "timeout must be a number of seconds or a duration such as '250ms', '5m' or '1h 30m', not '5 bananas'",
    ],
    [{ timeout: NaN }, "timeout must be a number of seconds or a duration such as '250ms', '5m' or '1h 30m', not NaN"],
    [{ serializer: 'xml' }, 'serializer must be one of msgpack, json, v8, or an object with serialize and deserialize'],
    [
      { serializer: 'toString' },
      'serializer must be one of msgpack, json, v8, or an object with serialize and deserialize',
    ],
    [{ serializer: [] }, 'serializer must contain at least 1 elements'],
    [
      { serializer: ['json', { serialize: () => '' }] },
      'serializer.1 must be one of msgpack, json, v8, or an object with serialize and deserialize',
    ],
    [
      { compressor: 'zip' },
      'compressor must be one of zlib, gzip, brotli, lz4, zstd, or an object with compress and decompress',
    ],
    [
      { compressor: ['lz4', null] },
      'compressor.1 must be one of zlib, gzip, brotli, lz4, zstd, or an object with compress and decompress',
    ],
    [{ ignoreExceptions: 'yes' }, 'ignoreExceptions must be a boolean value'],
    [{ logIgnoredExceptions: null }, 'logIgnoredExceptions must be a boolean value'],
    [{ stampede: 5 }, 'stampede must be true, false or an object of options'],
    [{ stampede: null }, 'stampede must be true, false or an object of options'],
    [
      { stampede: { buffer: null, beta: -1, delta: 'soon', gamma: 1 } },
      'stampede.gamma should not exist',
      'stampede.buffer must be finite, so it must not be null',
      'stampede.beta must be a number, 0 or greater',
      "stampede.delta must be a number of seconds or a duration such as '250ms', '5m' or '1h 30m', not 'soon'",
    ],
    [{ tracking: [] }, 'tracking must be true, false or an object of options'],
    [
      { tracking: { maxEntries: 0, maxBytes: 'all', timeout: 0 } },
      'tracking.maxEntries must not be less than 1',
      'tracking.maxBytes must be an integer number',
      'tracking.timeout must be longer than 0',
    ],
    [{ maxValueBytes: 1_000_000 }, 'maxValueBytes must be an object: { warn, refuse }'],
    [
      { maxValueBytes: { warn: 0, refuse: '1MB', limit: 1 } },
      'maxValueBytes.limit should not exist',
      'maxValueBytes.refuse must be an integer number',
      'maxValueBytes.warn must not be less than 1',
    ],
    [
      { maxValueBytes: { warn: 2, refuse: 2 } },
      'maxValueBytes.warn must be less than refuse: a refused value needs no warning',
    ],
    [{ tracking: { coherence: 'none' } }, 'tracking.coherence must be one of auto, server, ttl'],
    ...[undefined, null].map((timeout): [object, string] => [
      { tracking: { coherence: 'ttl', timeout } },
      "tracking.coherence must not be 'ttl' without a timeout, which alone ends a copy: add timeout: '5s'",
    ]),
  ])('refuses %o', (options, ...lines) => {
    expect(problemsOf(() => resolve(options), header)).toEqual(lines.toSorted());
  });

  it('lists every bad path in one error', () => {
    const options = {
      connection: { type: 'sentinel', sentinels: [], hots: 'h' },
      timeout: '60',
      serializer: 'xml',
      tracking: { maxEntries: 0 },
    };
    expect(problemsOf(() => resolve(options), header)).toEqual([
      'connection.hots should not exist',
      'connection.name should not be empty',
      'connection.sentinels must contain at least 1 elements',
      'serializer must be one of msgpack, json, v8, or an object with serialize and deserialize',
      "timeout '60' has no unit: write 60 for seconds, or '60s'",
      'tracking.maxEntries must not be less than 1',
    ]);
  });

  it.each([undefined, null, 'redis://h', []])('refuses %j as options', (options) => {
    expect(() => resolveOptions(options as CachexOptions)).toThrow(
      new ConfigError('The options of CachexModule must be an object'),
    );
  });

  it('accepts an instance of CachexOptions', () => {
    const options = Object.assign(new CachexOptions(), { keyPrefix: 'shop' });
    expect(resolve(options).keyPrefix).toBe('shop');
  });

  it('freezes its result, but no object of the user', () => {
    const redisOptions = { retryStrategy: null };
    const replicas = [{ host: 'r' }];
    const resolved = resolve({
      connection: { host: 'h', redisOptions, replicas },
      serializer: [serializer],
      stampede: {},
      tracking: {},
    });
    const { connection, serializers, compressors, stampede, tracking } = resolved;
    if (connection.type !== 'standalone') throw new Error('not standalone');
    const ours = [
      resolved,
      connection,
      connection.replicas,
      connection.replicas[0],
      serializers,
      compressors,
      stampede,
      tracking,
    ];
    expect(ours.filter((one) => !Object.isFrozen(one))).toEqual([]);
    const theirs = [redisOptions, replicas, replicas[0], serializer];
    expect(theirs.filter((one) => Object.isFrozen(one))).toEqual([]);
  });
});

describe('resolveStampede', () => {
  it('uses the defaults of the module for settings that a call leaves out', () => {
    const module = { bufferMs: 5, beta: 2, deltaMs: 7 };
    expect(resolveStampede(true, module)).toEqual(module);
    expect(resolveStampede({ beta: 3 }, module)).toEqual({ ...module, beta: 3 });
    expect(resolveStampede({ buffer: 1, delta: 2 }, module)).toEqual({ bufferMs: 1000, beta: 2, deltaMs: 2000 });
    expect(resolveStampede(false, module)).toBeUndefined();
    expect(resolveStampede(undefined, module)).toBeUndefined();
  });

  it.each<[object, string]>([
    [{ buffer: null }, 'stampede.buffer must be finite, so it must not be null'],
    [{ buffer: '5' }, "stampede.buffer '5' has no unit: write 5 for seconds, or '5s'"],
    [{ beta: NaN }, 'stampede.beta must be a number, 0 or greater'],
    [{ beta: Infinity }, 'stampede.beta must be a number, 0 or greater'],
    [
      { delta: Infinity },
      "stampede.delta must be a number of seconds or a duration such as '250ms', '5m' or '1h 30m', not Infinity",
    ],
  ])('refuses %o', (options, message) => {
    expect(() => resolveStampede(options)).toThrow(new TypeError(message));
  });
});
