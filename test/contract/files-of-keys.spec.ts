import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { exported, imported, lineOf, linesOf } from '../admin/files.js';
import { type Admin, openAdmin } from '../admin/open-admin.js';
import { topologies } from './topologies.js';

describe.each(topologies)('a file of the admin page from $name', ({ name }) => {
  let admin: Admin;
  beforeAll(async () => {
    admin = await openAdmin({ cache: { connection: inject('connections')[name]!, keyPrefix: randomUUID() } });
  });
  afterAll(async () => {
    await admin.cache.clear();
    await admin.app.close();
  });

  it('has the time to live of a field, which an edit keeps, or is refused by who knows none', async () => {
    const { cache } = admin;
    await cache.hset('h', { ends: 1, too: 2, stays: 3 });
    const knows = await cache.hexpire('h', 3600, 'ends', 'too').catch(() => undefined);
    const found = await exported(admin, { form: 'values', keys: ['h'] });
    const [content] = found.map(({ record }) => record?.['content'] as [string, number, number?][]);
    const lives = content!.map(([field, , ms]) => [field, ms === undefined ? -1 : Math.ceil(ms / 1000)] as const);
    const hour = expect.closeTo(3600, -3);
    const ends = knows ? hour : -1;
    expect(Object.fromEntries(lives)).toEqual({ ends, too: ends, stays: -1 });
    const lines = knows ? linesOf(found) : [lineOf({ key: 'h', type: 'hash', content: [['f', 1, 5000]] })];
    const { body } = await imported(admin, lines, { overwrite: true });
    const message = expect.stringMatching(/needs Redis 7.4|unknown command/);
    const refused = { imported: 0, kept: 0, refused: 1, problems: [{ line: 1, key: 'h', message }] };
    expect(body).toEqual(knows ? { imported: 1, kept: 0, refused: 0, problems: [] } : refused);
    const entry = '/api/caches/default/entry';
    const { items } = (await admin.get(entry, { key: 'h', match: 'ends' })).body as { items: { digest: string }[] };
    const edit = { key: 'h', type: 'hash', name: 'ends', value: 5, digest: items[0]!.digest };
    expect((await admin.post(`${entry}/items/put`, edit)).status).toBe(200);
    expect(Object.fromEntries(await cache.hgetall('h'))).toEqual({ ends: 5, too: 2, stays: 3 });
    const left = knows && (await cache.httl('h', 'ends', 'too', 'stays'));
    expect(left).toEqual(knows && [hour, hour, -1]);
  });

  it('has the groups of a stream, and how far each has come', async () => {
    const { cache } = admin;
    for (const id of ['5-0', '6-0', '7-0']) {
      await cache.xadd('read', { id }, { id });
      await cache.xadd('emptied', { id }, { id });
    }
    for (const key of ['read', 'emptied']) {
      await cache.xgroupCreate(key, 'all', '7-0');
      await cache.xgroupCreate(key, 'some', '5-0');
    }
    await cache.xdel('emptied', '5-0', '6-0', '7-0');
    const lines = linesOf(await exported(admin, { form: 'bytes', keys: ['read', 'emptied'] }));
    await cache.deleteMany(['read', 'emptied']);
    expect((await imported(admin, lines)).body).toMatchObject({ imported: 2, refused: 0 });
    for (const key of ['read', 'emptied']) {
      const groups = await cache.xinfoGroups(key);
      expect(groups.map(({ name: its, lastDeliveredId, pending }) => [its, lastDeliveredId, pending])).toEqual([
        ['all', '7-0', 0],
        ['some', '5-0', 0],
      ]);
    }
    const next = await cache.xreadgroup('some', 'ada', { read: '>' });
    expect(next.get('read')?.map(({ id }) => id)).toEqual(['6-0', '7-0']);
    // What is added would be lost to a group that is further.
    await expect(cache.xadd('emptied', { n: 1 }, { id: '6-1' })).rejects.toThrow('equal or smaller');
  });

  it('makes whole keys of thousands of fields, whatever their names', async () => {
    const { cache } = admin;
    const content = Array.from({ length: 4500 }, (_, index) => [`f${index}`, 1]);
    const keys = ['plain', 'a}b{c', '{tag}{', 'é\u202e'];
    const lines = keys.map((key) => lineOf({ key, type: 'hash', ttlMs: 600_000, content: content.slice(0, 50) }));
    const large = lineOf({ key: 'large', type: 'hash', content });
    for (const each of [lines, [large]]) {
      expect((await imported(admin, each)).body).toMatchObject({ imported: each.length, problems: [] });
      expect((await imported(admin, each)).body).toMatchObject({ imported: 0, kept: each.length });
      expect((await imported(admin, each, { overwrite: true })).body).toMatchObject({ imported: each.length });
    }
    for (const key of keys) expect([await cache.hlen(key), (await cache.ttl(key)) > 300]).toEqual([50, true]);
    expect([await cache.hlen('large'), await cache.ttl('large')]).toEqual([4500, -1]);
  });
});
