import type { ServerNode } from './connection-pool.js';
import { isUnavailable, unknownCommand } from './server-errors.js';
import type { ServerVersion } from './server-version.js';

/** The `name:value` lines of a server's answer to `INFO`, or to another command that answers with such lines. */
export type ServerFields = ReadonlyMap<string, string>;

/** Empty if this user may not ask, or nobody may. */
export async function serverFields(node: ServerNode, name = 'INFO', ...args: string[]): Promise<ServerFields> {
  try {
    const lines = String(await node.send({ name, args, access: 'read' })).split('\r\n');
    return new Map(
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each of these lines has a colon
      lines.filter((line) => line.includes(':')).map((line) => line.split(/:(.*)/, 2) as [string, string]),
    );
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return new Map();
  }
}

/** The values of one field, from the servers that report it. */
export function valuesOf(replies: readonly ServerFields[], field: string): string[] {
  return replies.map((reply) => reply.get(field)).filter((value) => value !== undefined);
}

/** `undefined` if the server does not say. An error that passes, such as a failover, is thrown. */
export async function versionOf(node: ServerNode): Promise<ServerVersion | undefined> {
  const fields = await serverFields(node, 'INFO', 'server').catch((error: Error) => {
    // Such as a server behind a proxy.
    if (!unknownCommand.test(error.message)) throw error;
  });
  // Valkey reports a version of Redis, too.
  const [valkey, redis] = [fields?.get('valkey_version'), fields?.get('redis_version')];
  if (valkey) return { product: 'Valkey', version: valkey };
  return redis ? { product: 'Redis', version: redis } : undefined;
}
