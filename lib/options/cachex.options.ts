import { functionArgument } from '../arguments/arguments.js';
import { checkVersion, type Version } from '../arguments/version.js';
import type { SerializerLike } from '../codec/serializers/serializer.js';
import type { CompressorLike } from '../codec/compressors/compressor.js';
import { checkCompressors, checkSerializers } from './codec.rules.js';
import type { CommitHook } from './commit-hook.js';
import type { Connection } from './connection-kinds.js';
import type { KeyFunction } from './key-function.js';
import { HasMethods, IsSettings, IsSwitch, IsTimeout, Obeys, Optional } from './option-rules.js';
import type { EncryptionOptions } from './encryption.options.js';
import type { MaxValueBytesOptions } from './max-value-bytes.options.js';
import { HideSecrets } from './secrets.js';
import type { StampedeOptions } from './stampede.options.js';
import type { Timeout } from '../arguments/timeout.js';
import type { TrackingOptions } from './tracking.options.js';
import { checkKeyPrefix } from './key-prefix.js';
import { IsBoolean, ValidateIf, ValidateNested } from './validators.js';

/**
 * Options of `CachexModule.forRoot()`, all optional. Unknown ones are refused at start: a single {@link ConfigError}
 * lists the path of every wrong option.
 *
 * @example
 * CachexModule.forRoot({ connection: 'redis://localhost:6379', keyPrefix: 'shop', timeout: '10m' })
 * @publicApi
 */
@HideSecrets
export class CachexOptions {
  /**
   * The server: a URL (`redis://`, `rediss://`, `valkey://`, `valkeys://`, `unix://`, `memory://`) or an object.
   *
   * @default 'memory://'
   */
  @Optional()
  @ValidateNested()
  connection?: string | Connection;

  /**
   * First part of every key: `${keyPrefix}:${version}:${key}`. Must not have `lock`, `sem` or `tag` between colons.
   *
   * @default ''
   */
  @Optional()
  @Obeys('isKeyPrefix', checkKeyPrefix)
  keyPrefix?: string;

  /**
   * Second part of every key: an integer, or text without `:` other than `lock`, `sem` and `tag`.
   *
   * @default 1
   */
  @Optional()
  @Obeys('isVersion', checkVersion)
  version?: Version;

  /** Builds keys in another way than `${keyPrefix}:${version}:${key}`. */
  @Optional()
  @HasMethods('make', 'reverse')
  keyFunction?: KeyFunction;

  /**
   * The tenant of the calling code, for instance from an `AsyncLocalStorage`. Each tenant has its own keys, tags,
   * locks, rate limits and channels. `undefined` throws a {@link ScopeError}, except through `cache.unscoped()` and
   * `cache.withScope(name)`.
   *
   * @default none
   */
  @Optional()
  @Obeys('isFunction', functionArgument)
  scope?: () => string | undefined;

  /**
   * Lets `@CacheEvict({ when: 'commit' })` wait for the calling code's transaction; see {@link CommitHook}.
   *
   * @default none: it evicts after the method, unless in `deferEvictions`
   */
  @Optional()
  @Obeys('isFunction', functionArgument)
  onCommit?: CommitHook;

  /**
   * How long values live if the call does not say.
   *
   * @default 300 (seconds)
   */
  @Optional()
  @IsTimeout({ never: true, zero: true })
  timeout?: Timeout;

  /**
   * `'msgpack'`, `'json'`, `'v8'` or a custom serializer. The first of a list writes; reads try all of them.
   *
   * @default 'msgpack'
   */
  @Optional()
  @Obeys('isSerializer', checkSerializers)
  serializer?: SerializerLike | SerializerLike[];

  /**
   * `'zlib'`, `'gzip'`, `'brotli'`, `'lz4'`, `'zstd'` or a custom compressor. The first of a list writes; reads accept
   * all of them.
   *
   * @default none
   */
  @Optional()
  @Obeys('isCompressor', checkCompressors)
  compressor?: CompressorLike | CompressorLike[];

  /**
   * Whether reads return the default and writes `false` or `0` if the server is away, instead of throwing an error.
   *
   * @default false
   */
  @Optional()
  @IsBoolean()
  ignoreExceptions?: boolean;

  /**
   * Whether an ignored error is logged, once per outage.
   *
   * @default false
   */
  @Optional()
  @IsBoolean()
  logIgnoredExceptions?: boolean;

  /**
   * Early recomputation of values near their end, for all reads and writes.
   *
   * @default false
   */
  @ValidateIf((_, value) => typeof value !== 'boolean' && value !== undefined)
  @ValidateNested()
  @IsSwitch()
  stampede?: boolean | StampedeOptions;

  /**
   * Local copies of the values read, which the server invalidates.
   *
   * @default false
   */
  @ValidateIf((_, value) => typeof value !== 'boolean' && value !== undefined)
  @ValidateNested()
  @IsSwitch()
  tracking?: boolean | TrackingOptions;

  /**
   * Encrypts values before they leave the process, each for its own key.
   *
   * @default none
   */
  @Optional()
  @ValidateNested()
  @IsSettings('{ keys }')
  encryption?: EncryptionOptions;

  /**
   * A limit for the length of one value in bytes: longer values are logged, or refused.
   *
   * @default none
   */
  @Optional()
  @ValidateNested()
  @IsSettings('{ warn, refuse }')
  maxValueBytes?: MaxValueBytesOptions;

  /**
   * Whether listeners to the cache (the channel `nest-cachex:command`, spans) see the keys.
   *
   * @default false
   */
  @Optional()
  @IsBoolean()
  traceKeys?: boolean;
}
