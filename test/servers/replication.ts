import { type RedisServer, startServer } from './server.js';
import { type ServerOptions } from './server-config.js';
import { waitFor } from './wait-for.js';

/** A server's `INFO` section by field name. */
async function info(server: RedisServer, section: string): Promise<Map<string, string>> {
  const lines = (await server.cli('INFO', section)).split('\r\n');
  return new Map(lines.filter((line) => line.includes(':')).map((line) => line.split(/:(.*)/, 2) as [string, string]));
}

export async function roleOf(server: RedisServer): Promise<'primary' | 'replica'> {
  return (await info(server, 'replication')).get('role') === 'master' ? 'primary' : 'replica';
}

/** Whether the replica has the primary's data and follows it. */
export async function isInSync(replica: RedisServer): Promise<boolean> {
  return (await info(replica, 'replication')).get('master_link_status') === 'up';
}

/** Starts a replica; resolves when it is in sync. */
export async function startReplica(
  primary: RedisServer,
  options: Omit<ServerOptions, 'engine'> = {},
): Promise<RedisServer> {
  const replica = await startServer({
    engine: primary.engine,
    ...options,
    config: { replicaof: `${primary.host} ${primary.port}`, ...options.config },
  });
  try {
    await waitFor(() => isInSync(replica), { what: 'the replica to be in sync' });
    return replica;
  } catch (error) {
    await replica.stop();
    throw error;
  }
}
