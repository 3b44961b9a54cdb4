import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../servers/server.js';
import { type Admin, openAdmin } from './open-admin.js';

const password = 'correct-horse-battery';

describe('while Redis is away', () => {
  let admin: Admin;
  beforeAll(async () => {
    const server = await startServer({ engine: 'redis', password });
    const connection = { url: server.url, commandTimeout: '500ms' };
    admin = await openAdmin({ cache: { connection }, named: { ignoring: { connection, ignoreExceptions: true } } });
    await admin.cache.set('a', 1);
    await server.stop();
  });
  afterAll(() => admin.app.close());

  it.each(['default', 'ignoring'])('the cache %s says so, and tells nobody the password', async (name) => {
    for (const path of ['', '/keys?pattern=*', '/entry?key=a', '/keys/sample?pattern=*']) {
      const { status, body } = await admin.get(`/api/caches/${name}${path}`);
      expect([path, status, body.statusCode]).toEqual([path, 503, 503]);
      expect(body.message).not.toBe('');
      expect(JSON.stringify(body)).not.toContain(password);
    }
    const changed = await admin.post(`/api/caches/${name}/entry/delete`, { key: 'a' });
    expect(changed.status).toBe(503);
  });

  it('the list of caches is there all the same', async () => {
    const { status, body } = await admin.get('/api/caches');
    expect(status).toBe(200);
    expect(body.caches).toMatchObject([{ name: 'default' }, { name: 'ignoring' }]);
    expect(JSON.stringify(body)).not.toContain(password);
  });
});
