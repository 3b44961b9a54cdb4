import type { Logger } from '@nestjs/common';
import type { Codec } from '../codec/codec.types.js';
import type { ConnectionPool } from '../wire/connection-pool.js';
import { ConfigError } from '../errors/index.js';
import { CommandExecutor } from '../execution/command-executor.js';
import type { KeyBuilder } from '../execution/key-builder.js';
import { Outage } from '../execution/outage.js';
import type { CommandTracer } from '../observability/command-tracer.js';
import type { ResolvedCachexOptions } from '../options/index.js';
import { LocalCopies } from './local-copies.js';
import { ServerWatch } from './server-watch.js';
import { TrackingExecutor } from './tracking-executor.js';

/** The executor of an instance: one with local copies where they are wanted, and there is a server to be far away. */
export function createExecutor(
  options: ResolvedCachexOptions,
  pool: ConnectionPool,
  keys: KeyBuilder,
  codec: Codec,
  logger: Logger,
  tracer: CommandTracer,
): CommandExecutor {
  const { tracking, connection, keyFunction, keyPrefix } = options;
  const outage = new Outage(options, logger);
  const isEmbedded = connection.type === 'memory' && !connection.poolClass;
  if (!tracking || isEmbedded) return new CommandExecutor(pool, keys, codec, outage, tracer);
  const copies = new LocalCopies(tracking);
  if (tracking.coherence === 'ttl') {
    copies.resume();
    return new TrackingExecutor(pool, keys, codec, outage, tracer, copies);
  }
  if (!pool.onConnection) {
    throw new ConfigError(
      "tracking needs a pool that has onConnection: add it to your poolClass, take coherence 'ttl', or turn tracking off",
    );
  }
  const servers = new ServerWatch(copies, keyFunction ? '' : `${keyPrefix}:`, logger);
  pool.onConnection((connected) => servers.follow(connected));
  const patienceMs = tracking.coherence === 'server' ? connection.connectTimeoutMs : undefined;
  return new TrackingExecutor(pool, keys, codec, outage, tracer, copies, servers, patienceMs);
}
