import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { topologies } from '../contract/topologies.js';
import { type Admin, openAdmin } from './open-admin.js';

const api = '/api/caches/default';
const connections = inject('connections');

/** The cursors of each view, and its other parameters. */
const pages: readonly (readonly [path: string, query: Record<string, string>])[] = [
  ['keys', { pattern: '*' }],
  ['tags', {}],
  ['tags/counts', {}],
  ['tags/entries', { tag: 't' }],
  ['locks', {}],
  ['limits', {}],
  ['sessions', {}],
  ['streams', {}],
  ['streams/pending', { key: 'stream', group: 'group' }],
  ...['hash', 'list', 'set', 'zset', 'stream'].map((key) => ['entry', { key }] as const),
];

const nonsense = [
  'x',
  '-1',
  '1.5',
  ' ',
  '\0',
  '(',
  '*',
  '+',
  '-',
  '[1',
  '$',
  '1-1-1',
  '(1-x',
  '__proto__',
  '9'.repeat(23),
];

describe.each(topologies.filter(({ name }) => /redis (standalone|cluster)|embedded/.test(name)))(
  'on $name',
  ({ name }) => {
    let admin: Admin;
    beforeAll(async () => {
      admin = await openAdmin({ cache: { connection: connections[name], keyPrefix: randomUUID() } });
      const { cache } = admin;
      await cache.hset('hash', 'f', 1);
      await cache.rpush('list', 1);
      await cache.sadd('set', 1);
      await cache.zadd('zset', { m: 1 });
      await cache.set('string', 1);
      await cache.xgroupCreate('stream', 'group', '0', { mkstream: true });
      await cache.xadd('stream', { any: 'thing' });
    });
    afterAll(() => admin.app.close());

    /** The properties of every answer to a mistake. */
    async function answerOf(asked: ReturnType<Admin['get']>): Promise<[status: number, words: string]> {
      const { status, body } = await asked;
      return [status, [body.message].flat().join(', ')];
    }

    it.each(pages)('%s %o continues only from the end of its last page', async (path, query) => {
      expect([path, (await admin.get(`${api}/${path}`, query)).status]).toEqual([path, 200]);
      for (const cursor of nonsense) {
        const [status, words] = await answerOf(admin.get(`${api}/${path}`, { ...query, cursor }));
        expect([cursor, status, words]).toEqual([cursor, 400, expect.stringMatching(/^(cursor|A cursor) must be/)]);
      }
    });

    it('names the actual type of a key, and what does not exist', async () => {
      const group = { group: 'group' };
      for (const [path, query, status, said] of [
        ['groups', { key: 'string' }, 409, 'The key holds a string now'],
        ['groups', { key: 'nothing' }, 404, 'There is no key "nothing"'],
        ['pending', { key: 'hash', ...group }, 409, 'The key holds a hash now'],
        ['pending', { key: 'nothing', ...group }, 404, 'There is no key "nothing"'],
        ['pending', { key: 'stream', group: 'none' }, 404, 'consumer group'],
      ] as const) {
        const answer = await answerOf(admin.get(`${api}/streams/${path}`, query));
        expect([query, ...answer]).toEqual([query, status, expect.stringContaining(said)]);
      }
      const entries = [{ id: '1-1', owner: 'c', idleMs: 0 }];
      const claim = { key: 'stream', group: 'none', consumer: 'c', entries };
      const answer = await answerOf(admin.post(`${api}/streams/claim`, claim));
      expect(answer).toEqual([404, expect.stringContaining('consumer group')]);
    });

    it('moves only entries that are named by complete IDs', async () => {
      for (const id of ['', '1', '-', '+', '$', '(1-1', '1-*', '1-1-1', `${'9'.repeat(21)}-1`, 7]) {
        const claim = { key: 'stream', group: 'group', consumer: 'c', entries: [{ id, owner: 'c', idleMs: 0 }] };
        for (const [path, body] of [
          ['claim', claim],
          ['replay', { key: 'stream', ids: [id] }],
        ] as const) {
          const answer = await answerOf(admin.post(`${api}/streams/${path}`, body));
          expect([path, id, ...answer]).toEqual([path, id, 400, expect.stringContaining('must be a list of 1 to 100')]);
        }
      }
      expect(await admin.cache.xlen('stream')).toBe(1);
    });

    it('quotes the words of a server that refuses', async () => {
      const field = { key: 'stream', type: 'stream', name: 'no ID' };
      const answer = await answerOf(admin.post(`${api}/entry/items/remove`, field));
      expect(answer).toEqual([400, expect.stringContaining('Invalid stream ID')]);
    });
  },
);
