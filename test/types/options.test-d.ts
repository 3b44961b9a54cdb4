import { describe, expectTypeOf, it } from 'vitest';

import type {
  CachexOptions,
  ClusterConnection,
  Connection,
  MemoryConnection,
  ResolvedConnection,
  ResolvedSentinel,
  SentinelConnection,
  StandaloneConnection,
} from '../../lib/options/index.js';
import { cachexConfig } from '../../lib/options/index.js';

describe('CachexOptions', () => {
  it('takes literals of every kind of connection', () => {
    expectTypeOf<{}>().toExtend<CachexOptions>();
    const literals = [
      { connection: 'redis://localhost' },
      { connection: { host: 'h', port: 1, username: 'u', password: 'p', db: 1, tls: { ca: 'c' } } },
      {
        connection: { type: 'standalone', url: 'rediss://h', replicas: ['a:1', { host: 'b' }, { host: 'c', port: 1 }] },
      },
      { connection: { path: '/run/redis.sock', connectTimeout: '250ms', commandTimeout: 1.5, connect: 'eager' } },
      { connection: { type: 'sentinel', name: 'm', sentinels: [{ host: 'a', port: 1 }], readFrom: 'replica' } },
      { connection: { name: 'm', sentinels: ['a'], sentinelTls: true, redisOptions: { connectionName: 'shop' } } },
      { connection: { type: 'cluster', nodes: ['a:1'], natMap: { 'a:1': { host: 'b', port: 2 } } } },
      { connection: { nodes: [{ host: 'a' }], redisOptions: { scaleReads: 'slave', redisOptions: { family: 6 } } } },
      { connection: { type: 'memory', name: 'shared', maxEntries: 10, maxBytes: 1024 } },
      { keyPrefix: 'shop', version: 2, timeout: null, serializer: ['json', 'msgpack'], compressor: 'zstd' },
      {
        stampede: { buffer: '1m', beta: 1.5, delta: 0.5 },
        tracking: { maxEntries: 1, maxBytes: 2, timeout: '1m', coherence: 'ttl' },
      },
      { keyFunction: { make: (key) => key, reverse: (wire) => ({ key: wire, version: 1 }) } },
    ] satisfies CachexOptions[];
    expectTypeOf(literals).toExtend<CachexOptions[]>();
  });

  it('refuses what no kind of connection has', () => {
    const refused: CachexOptions[] = [
      // @ts-expect-error a typo
      { connection: { host: 'h', hots: 'i' } },
      // @ts-expect-error the group's name is missing
      { connection: { type: 'sentinel', sentinels: ['a'] } },
      // @ts-expect-error the nodes are missing
      { connection: { type: 'cluster' } },
      // @ts-expect-error no such kind
      { connection: { type: 'ring' } },
      // @ts-expect-error a Date is not a timeout
      { timeout: new Date() },
      // @ts-expect-error no such serializer
      { serializer: 'xml' },
      // @ts-expect-error a boolean is not a number
      { connection: { type: 'memory', maxEntries: true } },
    ];
    expectTypeOf(refused).toEqualTypeOf<CachexOptions[]>();
  });

  it('tells connections apart by their type', () => {
    expectTypeOf<CachexOptions['connection']>().toEqualTypeOf<string | Connection | undefined>();
    expectTypeOf<Connection>().toEqualTypeOf<
      StandaloneConnection | SentinelConnection | ClusterConnection | MemoryConnection
    >();
    expectTypeOf<Extract<ResolvedConnection, { type: 'sentinel' }>>().toEqualTypeOf<ResolvedSentinel>();
  });

  it('come from the environment as well', () => {
    expectTypeOf(cachexConfig).returns.toEqualTypeOf<CachexOptions>();
    expectTypeOf(cachexConfig.asProvider().useFactory).returns.toEqualTypeOf<CachexOptions>();
  });
});
