import type { Version } from '../arguments/version.js';
import type { ConnectionOptions as TlsOptions } from 'node:tls';

import type { ClusterOptions, NatMap, RedisOptions } from 'ioredis';

import type { SerializerLike } from '../codec/serializers/serializer.js';
import type { CompressorLike } from '../codec/compressors/compressor.js';
import type { CredentialsProvider } from './credentials.js';
import type { CommitHook } from './commit-hook.js';
import type { ResolvedEncryption } from './encryption.options.js';
import type { ResolvedMaxValueBytes } from './max-value-bytes.options.js';
import type { KeyFunction } from './key-function.js';
import type { ResolvedStampede } from './stampede.options.js';
import type { ResolvedTracking } from './tracking.options.js';
import type { ConnectionPool } from '../wire/connection-pool.js';

/** Which server of a Sentinel group or of a cluster's shard answers reads. @publicApi */
export type ReadFrom = 'primary' | 'replica';

/** A custom class, constructed with the resolved options of the connection. @publicApi */
export type PoolClass = new (connection: ResolvedConnection) => ConnectionPool;

/** {@link CachexOptions} as the library uses them: valid, complete, times in milliseconds, frozen. @publicApi */
export interface ResolvedCachexOptions {
  readonly connection: ResolvedConnection;
  readonly keyPrefix: string;
  readonly version: Version;
  readonly keyFunction?: KeyFunction;
  readonly scope?: () => string | undefined;
  readonly onCommit?: CommitHook;
  /** `null` is never. */
  readonly timeoutMs: number | null;
  /** At least one; the first writes. */
  readonly serializers: readonly SerializerLike[];
  /** The first writes; empty if nothing is compressed. */
  readonly compressors: readonly CompressorLike[];
  readonly ignoreExceptions: boolean;
  readonly logIgnoredExceptions: boolean;
  /** Undefined if it is off. */
  readonly stampede?: ResolvedStampede;
  /** Undefined if it is off. */
  readonly tracking?: ResolvedTracking;
  /** Undefined if values are stored in the clear. */
  readonly encryption?: ResolvedEncryption;
  /** Undefined if values may have any length. */
  readonly maxValueBytes?: ResolvedMaxValueBytes;
  readonly traceKeys: boolean;
}

/** @publicApi */
export type ResolvedConnection = ResolvedStandalone | ResolvedSentinel | ResolvedCluster | ResolvedMemory;

interface ResolvedCommon {
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly maxConnections: number;
  readonly poolSize: number;
  readonly connect: 'eager' | 'background';
  readonly poolClass?: PoolClass;
}

export interface ResolvedServer extends ResolvedCommon {
  readonly username?: string;
  readonly password?: string;
  /** In place of the password. */
  readonly credentials?: CredentialsProvider;
  /** Undefined if the connection is not encrypted. */
  readonly tls?: TlsOptions;
}

/** @publicApi */
export interface ResolvedAddress {
  readonly host: string;
  readonly port: number;
}

/** @publicApi */
export interface ResolvedStandalone extends ResolvedServer {
  readonly type: 'standalone';
  readonly host: string;
  readonly port: number;
  /** A Unix socket, which replaces `host` and `port`. */
  readonly path?: string;
  readonly db: number;
  readonly replicas: readonly ResolvedAddress[];
  readonly redisOptions?: RedisOptions;
}

/** @publicApi */
export interface ResolvedSentinel extends ResolvedServer {
  readonly type: 'sentinel';
  readonly name: string;
  readonly sentinels: readonly ResolvedAddress[];
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  readonly sentinelCredentials?: CredentialsProvider;
  readonly sentinelTls?: TlsOptions;
  readonly db: number;
  readonly readFrom: ReadFrom;
  readonly redisOptions?: RedisOptions;
}

/** @publicApi */
export interface ResolvedCluster extends ResolvedServer {
  readonly type: 'cluster';
  readonly nodes: readonly ResolvedAddress[];
  readonly readFrom: ReadFrom;
  readonly natMap?: NatMap;
  readonly redisOptions?: ClusterOptions;
}

/** @publicApi */
export interface ResolvedMemory extends ResolvedCommon {
  readonly type: 'memory';
  /** Undefined if the data are private to the instance. */
  readonly name?: string;
  readonly maxEntries?: number;
  readonly maxBytes?: number;
  readonly policy?: 'lru' | 'lfu';
}
