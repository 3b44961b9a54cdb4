import type { Attributes } from '@opentelemetry/api';
import type { CommandMessage } from '../observability/command-channel.js';

/** The operation as the conventions name it: for a batch, with the command that all of it share. */
export function operationOf({ command, batch }: CommandMessage): string {
  const names = new Set(batch);
  return names.size === 1 ? `${command} ${[...names].join()}` : command;
}

/** Known before the reply. */
export function attributesOf(message: CommandMessage): Attributes {
  const { cache, topology, serverAddress, serverPort, database, batch, script, keys } = message;
  return {
    'db.system.name': topology === 'memory' ? 'memory' : 'redis',
    'db.operation.name': operationOf(message),
    'db.namespace': database === undefined ? undefined : String(database),
    'db.operation.batch.size': batch && batch.length > 1 ? batch.length : undefined,
    'db.stored_procedure.name': script,
    'server.address': serverAddress,
    'server.port': serverPort,
    'cachex.cache': cache,
    'cachex.keys': keys && [...keys],
  };
}
