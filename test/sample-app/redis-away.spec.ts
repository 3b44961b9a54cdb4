import { expect, it } from 'vitest';
import { startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';
import { callsTo, openBranch } from './open-shop.js';

it('the shop answers 503 while Redis is away, and serves again afterwards', async () => {
  await using server = await startServer({ engine: 'redis' });
  const { app } = await openBranch(server);
  const { get } = callsTo(await app.getUrl());
  expect((await get('/products')).status).toBe(200);
  await server.kill();
  expect(await get('/products')).toEqual({
    status: 503,
    body: { statusCode: 503, error: 'Service Unavailable', message: 'The shop is closed for a moment' },
  });
  await server.restart();
  await waitFor(async () => (await get('/products')).status === 200, { what: 'the shop to serve again' });
  await app.close();
});
