import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisServer, startServer } from '../servers/server.js';
import { type Admin, type Answer, openAdmin } from './open-admin.js';

const password = 'correct-horse-battery';

/** Every request that asks a server. */
const views = [
  '',
  '/keys?pattern=*',
  '/keys/sample?pattern=*',
  '/entry?key=a',
  '/memory',
  '/commands/slow',
  '/history?of=fleet',
  '/tags',
  '/tags/counts',
  '/tags/entries?tag=t',
  '/locks',
  '/streams',
  '/streams/groups?key=s',
  '/streams/pending?key=s&group=g',
  '/limits',
  '/sessions',
  '/scripts',
];

const claim = { key: 's', group: 'g', consumer: 'c', entries: [{ id: '1-1', owner: 'd', idleMs: 0 }] };
const changes: readonly (readonly [path: string, body: object])[] = [
  ['/entry/delete', { key: 'a' }],
  ['/keys/delete', { pattern: 'a:*' }],
  ['/tags/invalidate', { tag: 't' }],
  ['/locks/release', { kind: 'lock', version: '1', name: 'n', token: 'a:1:1' }],
  ['/streams/claim', claim],
  ['/streams/replay', { key: 's', ids: ['1-1'] }],
  ['/limits/reset', { algorithm: 'sliding', version: '1', name: 'n', id: 'i' }],
];

describe('while Redis is away', () => {
  let admin: Admin;
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer({ engine: 'redis', password });
    const connection = { url: server.url, commandTimeout: '1s' };
    const named = { ignoring: { connection, ignoreExceptions: true } };
    admin = await openAdmin({ cache: { connection }, named, history: 'fleet' });
    await admin.cache.set('a', 1);
    await admin.cache.xgroupCreate('s', 'g', '0', { mkstream: true });
  });
  afterAll(async () => {
    await admin.app.close();
    await server.stop();
  });

  const ask = (cache: string): Promise<readonly (readonly [path: string, answer: Answer])[]> =>
    Promise.all([
      ...views.map(async (path) => [path, await admin.get(`/api/caches/${cache}${path}`)] as const),
      ...changes.map(async ([path, body]) => [path, await admin.post(`/api/caches/${cache}${path}`, body)] as const),
    ]);

  describe.each([
    ['does not answer', () => server.pause(), () => server.resume()],
    ['is gone', () => server.kill(), () => server.restart()],
  ])('and %s', (_, leave, comeBack) => {
    beforeAll(leave);
    afterAll(comeBack);

    it.each(['default', 'ignoring'])('the cache %s says so, and tells nobody the password', async (name) => {
      for (const [path, { status, body }] of await ask(name)) {
        expect([path, status, body.statusCode]).toEqual([path, 503, 503]);
        expect([path, body.message]).toEqual([path, expect.stringMatching(/answer|connect/i)]);
        expect(JSON.stringify(body)).not.toContain(password);
      }
    });

    it('shows what this process knows by itself', async () => {
      for (const path of ['', '/default/process', '/default/history']) {
        const { status, body } = await admin.get(`/api/caches${path}`);
        expect([path, status]).toEqual([path, 200]);
        expect(JSON.stringify(body)).not.toContain(password);
      }
    });
  });

  it('shows everything again afterwards', async () => {
    await expect.poll(async () => (await admin.get('/api/caches/default')).status).toBe(200);
    await admin.cache.set('a', 1);
    await admin.cache.xgroupCreate('s', 'g', '0', { mkstream: true });
    for (const path of views) {
      expect([path, (await admin.get(`/api/caches/default${path}`)).status]).toEqual([path, 200]);
    }
  });
});
