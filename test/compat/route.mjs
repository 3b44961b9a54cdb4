/** Starts the README's application, and requests its route twice: it must load the product once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { printed } from './shell.mjs';

const probe = createServer().listen(0, '127.0.0.1');
await once(probe, 'listening');
const { port } = probe.address();
probe.close();
await once(probe, 'close');

const env = { ...process.env, PORT: String(port), NO_COLOR: '1' };
const application = spawn(process.execPath, ['dist/main.js'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  await printed(application, 'successfully started');
  for (let attempt = 1; attempt <= 2; attempt++) {
    const response = await fetch(`http://127.0.0.1:${port}/products/7`);
    const { loads } = await response.json();
    if (loads !== 1) throw new Error(`request ${attempt} has loaded the product ${loads} times`);
  }
  console.log('loaded once');
} finally {
  application.kill();
}
