import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const connectionVariables = ['CACHEX_URL', 'CACHEX_SENTINELS', 'CACHEX_CLUSTER_NODES'];

/** Where no server is named: a private one, empty and in memory only, that goes when this process goes. */
export async function useLocalRedis(): Promise<void> {
  if (connectionVariables.some((name) => process.env[name])) return;
  const port = await freePort();
  const server = (await start('redis-server', port)) ?? (await start('valkey-server', port));
  if (!server) {
    console.error('The shop needs a Redis or Valkey server. Name one: CACHEX_URL=redis://localhost:6379 npm start');
    console.error('Or install redis-server (apt install redis-server, brew install redis), then: npm start');
    process.exit(1);
  }
  process.once('exit', () => server.kill());
  process.env.CACHEX_URL = `redis://127.0.0.1:${port}`;
  console.log(
    `No CACHEX_URL is set, so a Redis of its own is started. See what is in it: redis-cli -p ${port} keys '*'`,
  );
}

async function start(program: string, port: number): Promise<ChildProcess | undefined> {
  const config = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  // Detached: a Ctrl-C in the terminal is for the shop, which closes its connections first.
  const server = spawn(program, config, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.once('exit', () => resolve(false));
    server.stdout.on('data', (log: Buffer) => log.includes('Ready to accept connections') && resolve(true));
  });
  return (await ready) ? server : undefined;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address ? address.port : Promise.reject(new Error('No port'));
}
