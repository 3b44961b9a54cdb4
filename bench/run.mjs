import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { deletePattern } from './delete-pattern.mjs';
import { locks } from './locks.mjs';
import { memory } from './memory.mjs';
import { overhead } from './overhead.mjs';

/** The server named by CACHEX_URL, or one of its own on a free port. */
async function server() {
  if (process.env.CACHEX_URL) return { url: process.env.CACHEX_URL, stop: () => {} };
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  const binary = process.env.REDIS_SERVER ?? 'redis-server';
  const child = spawn(binary, ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']);
  for await (const line of child.stdout) if (/Ready to accept/.test(line)) break;
  return {
    url: `redis://127.0.0.1:${port}`,
    version: execFileSync(binary, ['-v']).toString().trim(),
    stop: () => child.kill(),
  };
}

const { url, stop } = await server();
try {
  const added = await overhead();
  console.log(`added per call, codec included: set ${added.set.toFixed(2)} µs, get ${added.get.toFixed(2)} µs`);
  const deletion = await deletePattern(url);
  console.log(
    `deletePattern, 100,000 of 200,000 keys: ${deletion.deletePattern.toFixed(3)} s, by hand ${deletion.byHand.toFixed(3)} s,`,
    `ratio ${deletion.ratio.toFixed(2)}; longest wait of another caller ${deletion.longestWaitMs.toFixed(1)} ms`,
  );
  console.log(
    'locks, acquire + release, ratios to SET NX PX + EVALSHA; 20 waiters, ms and ratio to ideal:',
    await locks(url),
  );
  console.log('embedded engine, µs a call:');
  console.table(
    Object.fromEntries(
      Object.entries(await memory()).map(([row, times]) => [
        row,
        Object.fromEntries(Object.entries(times).map(([name, us]) => [name, Number(us.toFixed(2))])),
      ]),
    ),
  );
} finally {
  stop();
}
