import type { Logger } from '@nestjs/common';
import { Keyring } from '../codec/keyring.js';
import type { Codec } from '../codec/codec.types.js';
import type { ConnectionPool } from '../wire/connection-pool.js';
import { ConfigError } from '../errors/index.js';
import { CommandExecutor } from '../execution/command-executor.js';
import { EntryCodec } from '../execution/entry-codec.js';
import type { KeyBuilder } from '../execution/key-builder.js';
import { Outage } from '../execution/outage.js';
import { CommandTracer } from '../observability/command-tracer.js';
import { EntryTracer } from '../observability/entry-channel.js';
import { EntryReports } from '../observability/entry-reports.js';
import type { ResolvedCachexOptions } from '../options/index.js';
import { CopiedValues } from './copied-values.js';
import { LocalCopies } from './local-copies.js';
import { ServerWatch } from './server-watch.js';
import { TrackingExecutor } from './tracking-executor.js';

/** The executor of an instance: one with local copies, if they are wanted and there is a remote server. */
export function createExecutor(
  options: ResolvedCachexOptions,
  pool: ConnectionPool,
  keys: KeyBuilder,
  codec: Codec,
  logger: Logger,
  name: string,
): CommandExecutor {
  const { tracking, connection, keyFunction, keyPrefix } = options;
  const tracer = new CommandTracer(name, options);
  const { encryption } = options;
  const parts = {
    codec,
    sealing: encryption && { ring: new Keyring(encryption.keys), keys, readPlain: encryption.readPlain },
    limits: options.maxValueBytes,
    reports: new EntryReports(new EntryTracer(name, options.traceKeys), logger),
  };
  const outage = new Outage(options, logger);
  const isEmbedded = connection.type === 'memory' && !connection.poolClass;
  if (!tracking || isEmbedded) return new CommandExecutor(pool, keys, new EntryCodec(parts), outage, tracer);
  const copies = new LocalCopies(tracking);
  const copied = new CopiedValues(parts, copies);
  if (tracking.coherence === 'ttl') {
    copies.resume();
    return new TrackingExecutor(pool, keys, copied, outage, tracer);
  }
  if (!pool.onConnection) {
    throw new ConfigError(
      "tracking needs a pool that has onConnection: add it to your poolClass, take coherence 'ttl', or turn tracking off",
    );
  }
  const servers = new ServerWatch(copies, keyFunction ? '' : `${keyPrefix}:`, logger);
  pool.onConnection((connected) => servers.follow(connected));
  const patienceMs = tracking.coherence === 'server' ? connection.connectTimeoutMs : undefined;
  return new TrackingExecutor(pool, keys, copied, outage, tracer, servers, patienceMs);
}
