import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { endingWithFile } from '../../children.js';

it('starts a process that says that it runs and never ends, and fails', async () => {
  const source = 'process.send("runs"); setInterval(() => undefined, 1000); process.disconnect()';
  const child = endingWithFile(fork('-e', [source], { stdio: 'inherit' }));
  await once(child, 'message');
  console.log(`child: ${child.pid}`);
  expect.unreachable();
});
