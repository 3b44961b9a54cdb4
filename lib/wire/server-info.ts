import type { ServerNode } from './connection-pool.js';
import { isRefusal } from './refusal.js';
import type { ServerVersion } from './server-version.js';

/** The `name:value` lines of a server's answer to `INFO`, or to another command that gives such lines. */
export type ServerFields = ReadonlyMap<string, string>;

/** None where nobody may ask, or this user may not. */
export async function serverFields(node: ServerNode, name = 'INFO', ...args: string[]): Promise<ServerFields> {
  try {
    const lines = String(await node.send({ name, args, access: 'read' })).split('\r\n');
    return new Map(
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each of these lines has a colon
      lines.filter((line) => line.includes(':')).map((line) => line.split(/:(.*)/, 2) as [string, string]),
    );
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return new Map();
  }
}

/** What servers say of one thing, those that say it. */
export function valuesOf(replies: readonly ServerFields[], field: string): string[] {
  return replies.map((reply) => reply.get(field)).filter((value) => value !== undefined);
}

/** `undefined` where the server does not tell. What is on its way, as a failover is, says so by an error. */
export async function versionOf(node: ServerNode): Promise<ServerVersion | undefined> {
  const fields = await serverFields(node, 'INFO', 'server').catch((error: Error) => {
    // Behind a proxy, say.
    if (!/^ERR unknown (sub)?command/i.test(error.message)) throw error;
  });
  // Valkey tells of a version of Redis, too.
  const [valkey, redis] = [fields?.get('valkey_version'), fields?.get('redis_version')];
  if (valkey) return { product: 'Valkey', version: valkey };
  return redis ? { product: 'Redis', version: redis } : undefined;
}
