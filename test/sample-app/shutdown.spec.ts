import { expect, it } from 'vitest';
import { startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';
import { callsTo, openBranch } from './open-shop.js';

/** What keeps this process alive, beyond what is known. */
function resourcesBeyond(known: readonly string[]): string[] {
  const left = [...known];
  return process.getActiveResourcesInfo().filter((resource) => {
    const index = left.indexOf(resource);
    return index === -1 || !left.splice(index, 1);
  });
}

it('the shop closes without leaving connections, timers or handles', async () => {
  await using server = await startServer({ engine: 'redis' });
  await waitFor(() => !process.getActiveResourcesInfo().includes('TCPSocketWrap'), { what: 'the admin to hang up' });
  const before = process.getActiveResourcesInfo();
  const { app } = await openBranch(server);
  const { get } = callsTo(await app.getUrl());
  await get('/products');
  await get('/products/moka-pot');
  expect(resourcesBeyond(before)).toContain('TCPServerWrap');

  await app.close();
  await waitFor(() => resourcesBeyond(before).length === 0, { what: 'everything to be closed' });
  const clients = await server.cli('CLIENT', 'LIST', 'TYPE', 'normal');
  expect(clients.trim().split('\n')).toHaveLength(1);
});
