import { Redis, type RedisOptions } from 'ioredis';
import { admin } from './server-config.js';

/**
 * Sends one command as the admin user, on a separate connection that has closed when the reply is there, so that tests
 * find only their own connections. The reply is text, as redis-cli prints it into a pipe: a line for each element.
 */
export async function adminCommand(connection: RedisOptions, args: string[]): Promise<string> {
  const [command, ...rest] = args;
  if (command === undefined) throw new TypeError('adminCommand needs a command');
  const redis = new Redis({
    ...connection,
    ...admin,
    connectionName: admin.username,
    protocol: 2,
    disableClientInfo: true,
    enableReadyCheck: false,
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: 5_000,
    retryStrategy: null,
  });
  // The event says more than the promises, which reject with "Connection is closed" whatever happened.
  const broken = new Promise<never>((_, reject) => redis.on('error', reject));
  const send = async () => text((await redis.call(command, ...rest)) as Reply);
  try {
    await Promise.race([redis.connect(), broken]);
    return await Promise.race([send(), broken]);
  } catch (error) {
    throw new Error(`${args.join(' ')}: ${(error as Error).message}`, { cause: error });
  } finally {
    redis.disconnect();
  }
}

type Reply = string | number | null | Reply[];

function text(reply: Reply): string {
  return Array.isArray(reply) ? reply.map(text).join('\n') : String(reply ?? '');
}
