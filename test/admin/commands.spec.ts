import { hasSubscribers } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type IncomingMessage, request as ask } from 'node:http';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FeedLine, HeardCommand } from '../../lib/admin/live/command-feed.js';
import type { SlowLog } from '../../lib/admin/live/slow-log.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { type Admin, type AdminSetup, openAdmin } from './open-admin.js';

let admin: Admin;
afterEach(() => admin.app.close());
const start = async (setup: AdminSetup = {}): Promise<void> => {
  admin = await openAdmin({ history: false, ...setup });
};

const isHeard = (): boolean => hasSubscribers('tracing:nest-cachex:command:start');

/** Follows the feed until it is closed. Not with fetch(), which opens another connection after an abort. */
async function look(query: Record<string, string> = {}) {
  const search = new URLSearchParams(query).toString();
  const asked = ask(`${admin.url}/cachex/api/caches/default/commands?${search}`).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>;
  let rest = '';
  const lines = async (): Promise<FeedLine[]> => {
    const { value, done } = await chunks.next();
    if (done) throw new Error('the feed has ended');
    const texts = (rest + value).split('\n');
    rest = texts.pop()!;
    return texts.map((text) => JSON.parse(text) as FeedLine);
  };
  // Listening starts with the first line.
  await lines();
  return {
    lines,
    close: () => void asked.destroy(),
    /** The lines of the feed until there are this many commands. */
    async commands(count: number): Promise<HeardCommand[]> {
      const heard: HeardCommand[] = [];
      while (heard.length < count) for (const line of await lines()) heard.push(...line.commands);
      return heard;
    },
  };
}

describe.each(['express', 'fastify'] as const)('the feed of commands on %s', (platform) => {
  it('reports commands with their keys and times, without values, and listens only while somebody looks', async () => {
    await start({ platform });
    expect(isHeard()).toBe(false);
    const feed = await look();
    await admin.cache.set('user:1', 'secret');
    await admin.cache.pipeline().get('user:1').hset('h', 'field', 'secret').execute();
    await expect(admin.cache.lpush('user:1', 'secret')).rejects.toThrow();
    const heard = await feed.commands(3);
    expect(heard).toMatchObject([
      { command: 'SET', keys: ['user:1'], keyCount: 1, ms: expect.any(Number), at: expect.any(Number) },
      { command: 'PIPELINE', batch: ['GET', 'HSET'], keys: ['user:1', 'h'], keyCount: 2 },
      { command: 'LPUSH', keys: ['user:1'], error: 'CACHEX_WRONG_TYPE' },
    ]);
    expect(JSON.stringify(heard)).not.toMatch(/secret|field/);
    feed.close();
    await expect.poll(isHeard).toBe(false);
  });

  it('ends with the application', async () => {
    await start({ platform });
    const feed = await look();
    const ended = (async () => {
      for (;;) await feed.lines();
    })();
    await Promise.all([admin.app.close(), expect(ended).rejects.toThrow()]);
    expect(isHeard()).toBe(false);
  });
});

describe('the feed of commands', () => {
  it('shows only the commands that the filter matches', async () => {
    await start();
    const feed = await look({ command: 'get', prefix: 'user:' });
    await admin.cache.set('user:1', 1);
    await admin.cache.get('order:1');
    await admin.cache.get('user:1');
    await admin.cache.pipeline().get('user:2').set('user:3', 1).execute();
    expect(await feed.commands(2)).toMatchObject([{ command: 'GET', keys: ['user:1'] }, { command: 'PIPELINE' }]);
    feed.close();
  });

  it('counts the commands that were too fast to show', async () => {
    await start();
    const feed = await look();
    await Promise.all(Array.from({ length: 500 }, (_, at) => admin.cache.get(`k:${at}`)));
    let [told, left] = [0, 0];
    while (told + left < 500) {
      for (const line of await feed.lines()) {
        expect(line.commands.length).toBeLessThanOrEqual(50);
        told += line.commands.length;
        left += line.left;
      }
    }
    expect([told + left, left > 0]).toEqual([500, true]);
    feed.close();
  });

  it('shows no other caches, and no keys of tenants and other versions', async () => {
    await start({ named: { other: { keyPrefix: 'other' } } });
    const feed = await look();
    await admin.cacheNamed('other').get('a');
    await admin.cache.withScope('acme').get('b');
    await admin.cache.withVersion('session').get('id-of-a-session');
    await admin.cache.get('c');
    expect(await feed.commands(3)).toMatchObject([
      { command: 'GET', keys: [], keyCount: 1 },
      { command: 'GET', keys: [], keyCount: 1 },
      { command: 'GET', keys: ['c'] },
    ]);
    feed.close();
  });

  it('allows eight readers, and another one when one has left', async () => {
    await start();
    const feeds = await Promise.all(Array.from({ length: 8 }, () => look()));
    const refused = await admin.get('/api/caches/default/commands');
    expect([refused.status, refused.body.message]).toEqual([429, expect.stringContaining('8 pages')]);
    for (const feed of feeds) feed.close();
    await expect.poll(isHeard).toBe(false);
    (await look()).close();
  });
});

describe.each(['redis', 'valkey'] as const)('the slow log on %s', (engine) => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer({ engine });
  });
  afterAll(() => server.stop());

  const slowLogs = async (): Promise<readonly SlowLog[]> => {
    const { status, body } = await admin.get('/api/caches/default/commands/slow');
    expect(status).toBe(200);
    return body.servers as SlowLog[];
  };

  it('shows the slow commands of each server, without values', async () => {
    await start({ cache: { connection: { url: server.url } } });
    const client = admin.cache.getClient() as Redis;
    await client.config('SET', 'slowlog-log-slower-than', 0);
    await admin.cache.set('user:1', 'secret');
    await client.eval(`return redis.call('SET', KEYS[1], ARGV[1])`, 1, 'other:id-of-a-session', 'secret');
    await client.echo('secret');
    await client.config('SET', 'slowlog-log-slower-than', 10_000);
    const [log, ...others] = await slowLogs();
    expect(others).toEqual([]);
    expect(log!.address).toContain(':');
    const named = (name: string) => log!.commands.find(({ command }) => command === name);
    const abouts = log!.commands.filter(({ command }) => command === 'SET').map(({ about }) => about);
    expect(abouts).toContain(admin.cache.makeKey('user:1'));
    expect(named('EVAL')).toMatchObject({ about: 'other:…', hidden: 3 });
    expect(named('ECHO')).toMatchObject({ hidden: 1 });
    expect(JSON.stringify(log)).not.toMatch(/secret|id-of/);
  });

  it('reports that a server refuses to show them', async () => {
    await start({ cache: { connection: { url: server.url } } });
    const client = admin.cache.getClient() as Redis;
    await client.call('ACL', 'SETUSER', 'weak', 'on', '>weak', '~*', '&*', '+@all', '-slowlog');
    await admin.app.close();
    await start({ cache: { connection: { url: `redis://weak:weak@${new URL(server.url).host}` } } });
    expect(await slowLogs()).toMatchObject([{ commands: [], refused: expect.stringMatching(/NOPERM|permission/i) }]);
    expect(await admin.cache.stats()).toMatchObject({ errors: 0 });
  });
});

it('the embedded engine has no slow log', async () => {
  await start();
  const { body } = await admin.get('/api/caches/default/commands/slow');
  expect(body.servers).toMatchObject([{ commands: [], refused: expect.stringContaining('engine') }]);
});
