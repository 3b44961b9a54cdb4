import { expect, it } from 'vitest';
import { startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';
import { callsTo, openBranch } from './open-shop.js';

it('the shop answers 503 while Redis is away, and serves again afterwards', async () => {
  await using server = await startServer({ engine: 'redis' });
  const { app } = await openBranch(server.url);
  const { get } = callsTo(await app.getUrl());
  expect((await get('/products')).status).toBe(200);
  expect(await get('/health')).toMatchObject({
    status: 200,
    body: { status: 'ok', info: { redis: { role: 'primary' } } },
  });
  await server.kill();
  expect(await get('/products')).toEqual({
    status: 503,
    body: { statusCode: 503, error: 'Service Unavailable', message: 'The shop is closed for a moment' },
  });
  expect(await get('/health')).toMatchObject({
    status: 503,
    body: {
      status: 'error',
      error: { redis: { status: 'down', message: expect.stringContaining('no connection to') } },
    },
  });
  await server.restart();
  await waitFor(async () => (await get('/products')).status === 200, { what: 'the shop to serve again' });
  expect((await get('/health')).status).toBe(200);
  await app.close();
});
