import type { CachexOptions as CheckedOptions } from './cachex.options.js';

/** The options of a cache, each with its meaning and its default. @publicApi */
export type CachexOptions = { [Option in keyof CheckedOptions]: CheckedOptions[Option] };
export { ClusterConnection } from './cluster.options.js';
export type { Connection } from './connection-kinds.js';
export { ConnectionOptions, ServerAddress, ServerConnection, type Tls } from './connection.options.js';
export type { Credentials, CredentialsProvider } from './credentials.js';
export { type EncryptionKey, EncryptionOptions, type ResolvedEncryption } from './encryption.options.js';
export { cachexConfig, optionsFromEnv } from './env.js';
export type { CommitHook } from './commit-hook.js';
export type { KeyFunction } from './key-function.js';
export { MaxValueBytesOptions, type ResolvedMaxValueBytes } from './max-value-bytes.options.js';
export { MemoryConnection } from './memory.options.js';
export type {
  PoolClass,
  ReadFrom,
  ResolvedAddress,
  ResolvedCachexOptions,
  ResolvedCluster,
  ResolvedConnection,
  ResolvedMemory,
  ResolvedSentinel,
  ResolvedStandalone,
} from './resolved.options.js';
export { resolveOptions } from './resolve-options.js';
export { SentinelConnection } from './sentinel.options.js';
export { type ResolvedStampede, StampedeOptions } from './stampede.options.js';
export { StandaloneConnection } from './standalone.options.js';
export type { Timeout } from '../arguments/timeout.js';
export { type Coherence, type ResolvedTracking, TrackingOptions } from './tracking.options.js';
export { parseConnectionUrl } from './url.js';
