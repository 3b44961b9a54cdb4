import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { printed } from './shell.mjs';

/** A Redis for the applications on a socket in the folder, so that the drivers connect to something. */
export async function startServer(folder) {
  const socket = join(folder, 'redis.sock');
  const binary = process.env.REDIS_SERVER || 'redis-server';
  const server = spawn(binary, ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder]);
  try {
    await once(server, 'spawn');
  } catch (cause) {
    throw new Error(`"${binary}" does not start: npm run servers`, { cause });
  }
  await printed(server, 'eady to accept connections');
  return { url: `unix://${socket}`, stop: () => server.kill() };
}
