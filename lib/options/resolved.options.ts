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
  /** The connection, of one of four kinds. */
  readonly connection: ResolvedConnection;
  /** The first part of every key; `''` for none. */
  readonly keyPrefix: string;
  /** The version of keys whose call names none. */
  readonly version: Version;
  /** Makes the names of keys on the server, in place of the library. */
  readonly keyFunction?: KeyFunction;
  /** Names the scope of a call. */
  readonly scope?: () => string | undefined;
  /** Runs evictions after a commit. */
  readonly onCommit?: CommitHook;
  /** `null` is never. */
  readonly timeoutMs: number | null;
  /** At least one; the first writes. */
  readonly serializers: readonly SerializerLike[];
  /** The first writes; empty if nothing is compressed. */
  readonly compressors: readonly CompressorLike[];
  /** Whether an outage is a miss instead of an error. */
  readonly ignoreExceptions: boolean;
  /** Whether ignored errors are logged. */
  readonly logIgnoredExceptions: boolean;
  /** Undefined if it is off. */
  readonly stampede?: ResolvedStampede;
  /** Undefined if it is off. */
  readonly tracking?: ResolvedTracking;
  /** Undefined if values are stored in the clear. */
  readonly encryption?: ResolvedEncryption;
  /** Undefined if values may have any length. */
  readonly maxValueBytes?: ResolvedMaxValueBytes;
  /** Whether messages of the diagnostics channel name keys. */
  readonly traceKeys: boolean;
}

/** A connection with all of its defaults. @publicApi */
export type ResolvedConnection = ResolvedStandalone | ResolvedSentinel | ResolvedCluster | ResolvedMemory;

interface ResolvedCommon {
  /** The time limit for a connection to become ready, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** The time limit of a command, in milliseconds. */
  readonly commandTimeoutMs: number;
  /** The most connections of blocking commands. */
  readonly maxConnections: number;
  /** The number of shared connections. */
  readonly poolSize: number;
  /** Whether the application waits for the server at start. */
  readonly connect: 'eager' | 'background';
  /** Replaces the pool of the library. */
  readonly poolClass?: PoolClass;
}

export interface ResolvedServer extends ResolvedCommon {
  /** User of the server's ACL. */
  readonly username?: string;
  /** Password of the user; never printed. */
  readonly password?: string;
  /** In place of the password. */
  readonly credentials?: CredentialsProvider;
  /** Undefined if the connection is not encrypted. */
  readonly tls?: TlsOptions;
}

/** The address of a server, complete. @publicApi */
export interface ResolvedAddress {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  /** The port. */
  readonly port: number;
}

/** The connection to one server and its replicas, complete. @publicApi */
export interface ResolvedStandalone extends ResolvedServer {
  /** The kind of connection. */
  readonly type: 'standalone';
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  /** The port. */
  readonly port: number;
  /** A Unix socket, which replaces `host` and `port`. */
  readonly path?: string;
  /** Number of the database. */
  readonly db: number;
  /** Servers that answer reads; none by default. */
  readonly replicas: readonly ResolvedAddress[];
  /** Options passed on to ioredis. */
  readonly redisOptions?: RedisOptions;
}

/** The connection through Sentinels, complete. @publicApi */
export interface ResolvedSentinel extends ResolvedServer {
  /** The kind of connection. */
  readonly type: 'sentinel';
  /** The group's name in the Sentinels' configuration. */
  readonly name: string;
  /** The Sentinels to ask. */
  readonly sentinels: readonly ResolvedAddress[];
  /** User of the Sentinels' ACL. */
  readonly sentinelUsername?: string;
  /** Password of that user; never printed. */
  readonly sentinelPassword?: string;
  /** In place of that password. */
  readonly sentinelCredentials?: CredentialsProvider;
  /** Undefined if connections to the Sentinels are not encrypted. */
  readonly sentinelTls?: TlsOptions;
  /** Number of the database. */
  readonly db: number;
  /** Which servers answer reads. */
  readonly readFrom: ReadFrom;
  /** Options passed on to ioredis. */
  readonly redisOptions?: RedisOptions;
}

/** The connection to a cluster, complete. @publicApi */
export interface ResolvedCluster extends ResolvedServer {
  /** The kind of connection. */
  readonly type: 'cluster';
  /** The nodes to ask first. */
  readonly nodes: readonly ResolvedAddress[];
  /** Which servers answer reads. */
  readonly readFrom: ReadFrom;
  /** How to reach the nodes from here. */
  readonly natMap?: NatMap;
  /** Options passed on to the `Cluster` of ioredis. */
  readonly redisOptions?: ClusterOptions;
}

/** The embedded engine, complete. @publicApi */
export interface ResolvedMemory extends ResolvedCommon {
  /** The kind of connection. */
  readonly type: 'memory';
  /** Undefined if the data are private to the instance. */
  readonly name?: string;
  /** The most keys; undefined for no limit. */
  readonly maxEntries?: number;
  /** The most bytes of keys and values; undefined for no limit. */
  readonly maxBytes?: number;
  /** Which keys are evicted first. */
  readonly policy?: 'lru' | 'lfu';
}
