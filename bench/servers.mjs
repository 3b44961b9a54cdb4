import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pin } from './processors.mjs';

const binary = process.env.REDIS_SERVER ?? 'redis-server';

export const serverVersion = () => execFileSync(binary, ['-v']).toString().trim();

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  // A node of a cluster also listens 10,000 above its port.
  return port < 50_000 ? port : port - 20_000;
}

/** A separate server on a free port, without persistence. */
export async function startServer(...directives) {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'nest-cachex-bench-'));
  const options = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn(binary, [...options, ...directives]);
  for await (const line of child.stdout) if (/Ready to accept/.test(line)) break;
  pin(child.pid, 'server');
  return {
    url: `redis://127.0.0.1:${port}`,
    address: `127.0.0.1:${port}`,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

/** Three primaries. */
export async function startCluster() {
  const nodes = await Promise.all([0, 1, 2].map(() => startServer('--cluster-enabled', 'yes')));
  const addresses = nodes.map(({ address }) => address);
  execFileSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  return {
    urls: nodes.map(({ url }) => url),
    stop: () => Promise.all(nodes.map((node) => node.stop())),
  };
}
