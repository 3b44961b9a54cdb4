import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CachexService, KeyFunction } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startSentinel } from '../servers/sentinel.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';
import { armed, keep, openTracked, told } from '../tracking/tracked.js';
import { ways } from '../tracking/ways.js';

const logger = new QuietLogger('Cachex');

describe.each(ways)('beside tracking over $way, and waiters for locks', ({ config }) => {
  let server: RedisServer;
  let cache: CachexService;
  let other: CachexService;
  beforeAll(async () => {
    server = await startServer({ engine: 'redis', config });
    cache = await openTracked({ connection: server.url, keyPrefix: 'p' }, logger);
    other = await openCache({ connection: server.url, keyPrefix: 'p' }, logger);
  });
  afterAll(async () => {
    await Promise.all([cache.close(), other.close()]);
    await server.stop();
  });

  const listeners = async (): Promise<string[]> => {
    const lines = (await server.cli('CLIENT', 'LIST')).split('\n');
    // Feeds track; with the older protocol they also listen.
    return lines.filter((line) => / (?:sub|psub)=[1-9]/.test(line) && !/ flags=\w*t/.test(line));
  };

  it('all get their messages on one connection, and on its successor', async () => {
    const heard: unknown[] = [];
    const all: string[] = [];
    const [news, everything] = await Promise.all([
      cache.subscribe('news', (message) => heard.push(message), { onGap: () => heard.push('gap') }),
      cache.psubscribe('*', (_, { channel }) => all.push(channel), { raw: true, onGap: () => undefined }),
    ]);
    const holder = other.lock('l');
    for (const round of [1, 2]) {
      await holder.acquire();
      const waiter = cache.lock('l');
      const waiting = waiter.acquire();
      await waitFor(async () => (await server.cli('PUBSUB', 'CHANNELS', 'p:wake:*')).trim() !== '', {
        what: 'the waiter to listen',
      });
      expect(await listeners()).toHaveLength(1);
      await other.set('k', round);
      await keep(cache, 'k');
      await told(cache, ['k'], other.set('k', -round));
      expect(await cache.get('k')).toBe(-round);
      await other.publish('news', round);
      await holder.release();
      expect(await waiting).toBe(true);
      await waiter.release();
      await waitFor(() => heard.includes(round), { what: 'the message' });
      if (round === 2) break;
      await server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await waitFor(() => heard.includes('gap') && news.isListening && everything.isListening, {
        what: 'the next connection',
      });
      await armed(cache);
    }
    expect(heard).toEqual([1, 'gap', 2]);
    // An invalidation is not a message of a user's channel.
    expect(new Set(all.filter((channel) => !channel.startsWith('p:wake:')))).toEqual(new Set(['p:1:news']));
    await Promise.all([news.unsubscribe(), everything.unsubscribe()]);
  });
});

describe('a failover of Sentinels', () => {
  it('lets channels and patterns hear the new primary, and reports a gap', async () => {
    await using deployment = await startSentinel({ engine: 'valkey' });
    const sentinels = deployment.sentinels.map(({ host, port }) => ({ host, port }));
    const connection = { type: 'sentinel' as const, name: deployment.name, sentinels };
    const [cache, other] = await Promise.all([openCache({ connection }, logger), openCache({ connection }, logger)]);
    const heard: unknown[] = [];
    const tell = (by: string) => ({ onGap: () => heard.push(`${by} gap`) });
    const subscriptions = await Promise.all([
      cache.subscribe<number>('news', (n) => heard.push(`channel ${n}`), tell('channel')),
      cache.psubscribe<number>('ne*', (n) => heard.push(`pattern ${n}`), tell('pattern')),
    ]);
    await other.publish('news', 1);
    await waitFor(() => heard.length === 2, { what: 'the first' });
    await deployment.failover();
    const primary = await deployment.primary();
    await waitFor(async () => (await primary.cli('PUBSUB', 'NUMSUB', ':1:news')).endsWith('\n1'), {
      what: 'the new primary to be listened to',
      timeout: 20_000,
    });
    await waitFor(() => subscriptions.every(({ isListening }) => isListening), { what: 'both to listen' });
    await primary.cli('PUBLISH', ':1:news', '2');
    await waitFor(() => heard.includes('channel 2') && heard.includes('pattern 2'), { what: 'the second' });
    for (const by of ['channel', 'pattern']) {
      const told = heard.filter((each) => String(each).startsWith(by));
      expect([told[0], new Set(told.slice(1, -1)), told.at(-1)]).toEqual([
        `${by} 1`,
        new Set([`${by} gap`]),
        `${by} 2`,
      ]);
    }
    await Promise.all([cache.close(), other.close()]);
  }, 60_000);
});

describe('channels of a cache whose key function makes their names', () => {
  const keyFunction: KeyFunction = {
    make: (key, prefix, version) => `${prefix}/${key}/${version}`,
    reverse: (wire) => {
      const [, key, version] = /^p\/(.*)\/(\d+)$/.exec(wire)!;
      return { key: key!, version: Number(version) };
    },
    pattern: (pattern) => `p/${pattern}`,
  };

  it.each(['a server', 'memory://'])('are those of its keys, on %s', async (where) => {
    await using server = await startServer({ engine: 'redis' });
    const connection = where === 'memory://' ? where : server.url;
    const cache = await openCache({ connection, keyPrefix: 'p', keyFunction }, logger);
    const heard: unknown[] = [];
    const errors: unknown[] = [];
    await cache.subscribe<number>('a', (n, { channel }) => heard.push(['channel', channel, n]));
    await cache.psubscribe<number>('a*', (n, { channel, pattern }) => heard.push([pattern, channel, n]), {
      onError: (error, { channel }) => errors.push([channel, String(error)]),
    });
    expect(cache.makeKey('a')).toBe('p/a/1');
    expect(await cache.publish('a', 1)).toBe(2);
    await cache.withVersion(2).publish('a', 2);
    // The pattern matches it, but `reverse` does not know it.
    expect(await cache.publish('p/a', 'foreign', { raw: true })).toBe(1);
    expect(await cache.publish('p/a/1', '3', { raw: true })).toBe(2);
    await waitFor(() => heard.length === 4, { what: 'all of them' });
    expect(heard.toSorted()).toEqual([
      ['a*', 'a', 1],
      ['a*', 'a', 3],
      ['channel', 'a', 1],
      ['channel', 'a', 3],
    ]);
    expect(errors).toEqual([['p/a', expect.stringContaining('keyFunction.reverse threw')]]);
    await cache.close();
  });

  it('cannot be matched by patterns unless the key function has them', async () => {
    const cache = await openCache({
      keyFunction: { ...keyFunction, make: (key) => key.toUpperCase(), pattern: undefined },
    });
    await expect(cache.psubscribe('a*', () => undefined)).rejects.toThrow(/keyFunction has a pattern/);
    await cache.close();
  });
});
