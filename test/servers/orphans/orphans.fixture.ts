import { expect, it } from 'vitest';
import { engines } from '../engine.js';
import { startServer } from '../server.js';

it('starts servers, tells of them and never ends', async () => {
  const servers = await Promise.all(engines.map((engine) => startServer({ engine })));
  // A stopped process reacts to no signal but SIGKILL.
  servers[0]?.pause();
  console.log(`servers: ${JSON.stringify(servers.map(({ pid, folder }) => ({ pid, folder })))}`);
  await new Promise(() => {});
  expect.unreachable();
});
