import { type Command, Key } from '../command-model/command.js';
import type { ResolvedCachexOptions, ResolvedConnection } from '../options/resolved.options.js';
import { type CommandMessage, isHeard } from './command-channel.js';
import { commandKeys } from './command-keys.js';
import { CommandTrace } from './command-trace.js';

/** The common part of all messages of a cache. */
type Origin = Pick<CommandMessage, 'cache' | 'topology' | 'serverAddress' | 'serverPort' | 'database'>;

/** Creates the traces of a cache. */
export class CommandTracer {
  private readonly origin: Origin;
  private readonly tellsKeys: boolean;

  constructor(cache: string, { connection, traceKeys }: Pick<ResolvedCachexOptions, 'connection' | 'traceKeys'>) {
    this.origin = { cache, topology: connection.type, ...addressOf(connection) };
    this.tellsKeys = traceKeys;
  }

  /** Whether anybody listens: otherwise there is nothing to do. */
  get isHeard(): boolean {
    return isHeard();
  }

  /** A trace of everything that is sent together, if anybody listens. */
  traceAll(batch: readonly { readonly command: Command<unknown> }[], transaction?: boolean): CommandTrace | undefined {
    if (!this.isHeard || batch.length === 0) return undefined;
    return this.trace(
      batch.map(({ command }) => command),
      transaction,
    );
  }

  /** A trace of a command, or of several that are sent together. */
  trace(commands: readonly Command<unknown>[], transaction = false): CommandTrace {
    const first = commands[0]!;
    const keys = commands.flatMap(({ args }) => args.filter((arg) => arg instanceof Key));
    const isBatch = transaction || commands.length > 1;
    const message: CommandMessage = {
      ...this.origin,
      command: isBatch ? (transaction ? 'MULTI' : 'PIPELINE') : first.name,
      ...(isBatch ? { batch: commands.map(({ name }) => name) } : { script: first.script?.name }),
      keyCount: keys.length,
      ...(this.tellsKeys && { keys: keys.map(({ name }) => name) }),
    };
    commandKeys.keep(message, keys);
    return new CommandTrace(message, this.tellsKeys);
  }
}

function addressOf(connection: ResolvedConnection): Partial<Origin> {
  return {
    ...('db' in connection && { database: connection.db }),
    ...('host' in connection &&
      ('path' in connection && connection.path
        ? { serverAddress: connection.path }
        : { serverAddress: connection.host, serverPort: connection.port })),
  };
}
