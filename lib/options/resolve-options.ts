import { ConfigError } from '../errors/index.js';
import { CachexOptions } from './cachex.options.js';
import { type Connection, readConnection, resolveConnection } from './connection-kinds.js';
import { EncryptionOptions, resolveEncryption } from './encryption.options.js';
import { MaxValueBytesOptions, resolveMaxValueBytes } from './max-value-bytes.options.js';
import { isObject } from './option-rules.js';
import type { ResolvedCachexOptions } from './resolved.options.js';
import { hideSecrets } from './secrets.js';
import { resolveStampede, StampedeOptions } from './stampede.options.js';
import { toMilliseconds } from '../arguments/timeout.js';
import { resolveTracking, TrackingOptions } from './tracking.options.js';
import { instanceOf, problemsOf } from './validate.js';

/** {@link CachexOptions} with URLs and plain objects turned into instances. */
type ReadOptions = CachexOptions & { connection?: Connection };

/**
 * The options as the library uses them: URLs parsed, defaults filled in, times in milliseconds, frozen.
 *
 * @publicApi
 * @param whose the owner of the options, for the error
 * @throws ConfigError if an option is wrong; the message has a line for every wrong path, and no secrets
 * @example
 * const { timeoutMs } = resolveOptions({ connection: 'redis://localhost:6379', timeout: '5m' }); // 300_000
 */
export function resolveOptions(plain: CachexOptions, whose = 'CachexModule'): ResolvedCachexOptions {
  if (!isObject(plain)) throw new ConfigError(`The options of ${whose} must be an object`);
  const { options, problems } = readOptions(plain);
  if (problems.length > 0) throw new ConfigError([`The options of ${whose} are not valid:`, ...problems].join('\n'));
  const {
    keyPrefix = '',
    version = 1,
    keyFunction,
    scope,
    onCommit,
    timeout = 300,
    serializer = 'msgpack',
    compressor = [],
  } = options;
  const { ignoreExceptions = false, logIgnoredExceptions = false, stampede, tracking, traceKeys = false } = options;
  return Object.freeze(
    hideSecrets({
      connection: resolveConnection(options.connection!),
      keyPrefix,
      version,
      keyFunction,
      scope,
      onCommit,
      timeoutMs: toMilliseconds(timeout),
      serializers: Object.freeze([serializer].flat()),
      compressors: Object.freeze([compressor].flat()),
      ignoreExceptions,
      logIgnoredExceptions,
      stampede: resolveStampede(stampede),
      tracking: resolveTracking(tracking),
      encryption: resolveEncryption(options.encryption),
      maxValueBytes: resolveMaxValueBytes(options.maxValueBytes),
      traceKeys,
    }),
  );
}

/** Turns plain options into instances, and lists the problems, a line per path. */
export function readOptions(plain: CachexOptions): { options: ReadOptions; problems: string[] } {
  const problems: string[] = [];
  const { connection = 'memory://', stampede, tracking, encryption, maxValueBytes, ...others } = plain as CachexOptions;
  const options = instanceOf(CachexOptions, {
    connection: readConnection(connection, problems),
    stampede: isObject(stampede) ? instanceOf(StampedeOptions, stampede) : stampede,
    tracking: isObject(tracking) ? instanceOf(TrackingOptions, tracking) : tracking,
    encryption: isObject(encryption) ? instanceOf(EncryptionOptions, encryption) : encryption,
    maxValueBytes: isObject(maxValueBytes) ? instanceOf(MaxValueBytesOptions, maxValueBytes) : maxValueBytes,
    ...others,
  }) as ReadOptions;
  problems.push(...problemsOf(options));
  return { options, problems };
}
