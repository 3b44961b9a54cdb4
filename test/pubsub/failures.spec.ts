import { channel as diagnosticsChannel } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  type CachexOptions,
  type CachexService,
  CodecError,
  ConnectionError,
  type SubscriptionMessage,
} from '../../lib/index.js';
import { deferred } from '../caching/deferred.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

let server: RedisServer;
beforeAll(async () => {
  server = await startServer({
    engine: 'redis',
    aclUsers: { narrow: 'on >secret ~* &* +@all -psubscribe', quiet: 'on >secret ~* resetchannels &p:1:open +@all' },
  });
});
afterAll(() => server.stop());

const logger = new QuietLogger('Cachex');
const open = (options: Partial<CachexOptions> = {}): Promise<CachexService> =>
  openCache({ connection: { url: server.url, commandTimeout: '1s' }, keyPrefix: 'p', ...options }, logger, 'shop');
const linesOf = (what: string): string[] => logger.lines.filter((line) => line.includes(what));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a server that is killed and restarted', () => {
  it('is heard again, and the gap is reported first', async () => {
    const [cache, other] = [await open(), await open()];
    const heard: unknown[] = [];
    const subscription = await cache.subscribe(['news', 'mail'], (message) => heard.push(message), {
      onGap: async () => {
        heard.push('gap');
        await turn();
        heard.push('reloaded');
      },
    });
    await using _ = await cache.psubscribe('ne*', () => undefined);
    await other.publish('news', 1);
    await waitFor(() => heard.length === 1, { what: 'the first' });
    await server.kill();
    await waitFor(() => !subscription.isListening, { what: 'the end to be noticed' });
    await expect(cache.subscribe('more', () => undefined)).rejects.toThrow(ConnectionError);
    await server.start();
    await waitFor(() => subscription.isListening, { what: 'it to listen again' });
    await waitFor(async () => (await other.publish('mail', 2)) === 1, { what: 'it to be published' });
    await waitFor(() => heard.includes(2), { what: 'the second' });
    expect(heard).toEqual([1, 'gap', 'reloaded', 2]);
    // Including those of the pattern.
    expect((await cache.stats()).pubsub).toEqual({ subscriptions: 2, received: 3, dropped: 0, failures: 0, gaps: 2 });
    expect(linesOf('"ne*" listens again')).toHaveLength(1);
    await Promise.all([cache.close(), other.close()]);
  });

  it('is awaited under ignoreExceptions', async () => {
    await server.kill();
    const cache = await open({ ignoreExceptions: true });
    let gaps = 0;
    const heard: unknown[] = [];
    const subscription = await cache.subscribe('news', (message) => heard.push(message), { onGap: () => gaps++ });
    expect(subscription.isListening).toBe(false);
    await server.start();
    await waitFor(() => gaps === 1, { what: 'it to listen' });
    await waitFor(async () => (await cache.publish('news', 1)) === 1, { what: 'it to be published' });
    await waitFor(() => heard.length === 1, { what: 'the message' });
    await cache.close();
  });
});

describe('a server that refuses', () => {
  const as = (username: string) =>
    open({ connection: { url: server.url, username, password: 'secret', commandTimeout: '1s' } });

  it('patterns still lets channels be heard', async () => {
    const cache = await as('narrow');
    const heard: unknown[] = [];
    await using _ = await cache.subscribe('news', (message) => heard.push(message));
    await expect(cache.psubscribe('n*', () => undefined)).rejects.toThrow(AuthenticationError);
    await expect(cache.psubscribe('n*', () => undefined)).rejects.toThrow(/^PSUBSCRIBE "n\*": NOPERM/);
    await cache.publish('news', 1);
    await waitFor(() => heard.length === 1, { what: 'the message' });
    await cache.close();
  });

  it('one channel still lets the others be heard', async () => {
    const cache = await as('quiet');
    const heard: unknown[] = [];
    await using _ = await cache.subscribe('open', (message) => heard.push(message));
    await expect(cache.subscribe(['open', 'closed'], () => undefined)).rejects.toThrow(/^SUBSCRIBE "closed": NOPERM/);
    await cache.publish('open', 1);
    await waitFor(() => heard.length === 1, { what: 'the message' });
    await cache.close();
  });
});

describe('a slow listener', () => {
  it('misses the oldest messages, is notified, and delays nobody', async () => {
    const cache = await open();
    const [slow, fast, told]: [number[], number[], string[]] = [[], [], []];
    const gate = deferred<void>();
    const subscription = await cache.subscribe<number>(
      'news',
      async (n) => {
        slow.push(n);
        await gate.promise;
      },
      { backlog: 3, onOverflow: () => told.push('overflow') },
    );
    await using _ = await cache.subscribe<number>('news', (n) => fast.push(n));
    for (let n = 0; n < 10; n++) await cache.publish('news', n);
    await waitFor(() => fast.length === 10, { what: 'the fast one' });
    expect(slow).toEqual([0]);
    expect(subscription.dropped).toBe(6);
    gate.resolve();
    await waitFor(() => slow.length === 4, { what: 'the slow one to catch up' });
    expect(slow).toEqual([0, 7, 8, 9]);
    expect(told).toEqual(['overflow']);
    await cache.close();
  });

  it('keeps no more bytes than allowed', async () => {
    const cache = await open();
    const sizes: number[] = [];
    const gate = deferred<void>();
    const subscription = await cache.subscribe<string>(
      'news',
      async (text) => {
        sizes.push(text.length);
        await gate.promise;
      },
      { backlogBytes: 100_000 },
    );
    for (const size of [10, 60_000, 60_001, 30_000, 200_000]) await cache.publish('news', 'x'.repeat(size));
    await waitFor(() => subscription.dropped === 3, { what: 'all to have come' });
    gate.resolve();
    await waitFor(() => sizes.length === 2, { what: 'the newest' });
    expect(sizes).toEqual([10, 200_000]);
    await cache.close();
  });
});

describe('a message that cannot be handled', () => {
  it('is reported, and the next ones arrive', async () => {
    const cache = await open();
    const events: SubscriptionMessage[] = [];
    const keep = (message: unknown): void => void events.push(message as SubscriptionMessage);
    diagnosticsChannel('nest-cachex:subscription').subscribe(keep);
    const heard: unknown[] = [];
    const errors: [error: unknown, channel: string][] = [];
    await using _ = await cache.subscribe<number>(
      'news',
      (n) => {
        heard.push(n);
        if (n === 1) throw new Error('at once');
        if (n === 2) return Promise.reject(new Error('later'));
        return undefined;
      },
      {
        onError: (error, { channel }) => {
          errors.push([error, channel]);
          throw new Error('the hook as well');
        },
      },
    );
    const hostile = [Buffer.alloc(0), Buffer.from([0xc1]), Buffer.from([0, 0xff, 0xfe]), Buffer.alloc(100_000, 0xdf)];
    for (const bytes of hostile) await cache.publish('p:1:news', bytes, { raw: true });
    for (const n of [1, 2, 3]) await cache.publish('news', n);
    await waitFor(() => heard.includes(3), { what: 'the last' });
    diagnosticsChannel('nest-cachex:subscription').unsubscribe(keep);
    expect(heard.slice(-3)).toEqual([1, 2, 3]);
    const codecErrors = errors.filter(([error]) => error instanceof CodecError);
    expect(codecErrors).toHaveLength(hostile.length);
    expect(errors.slice(-2)).toEqual([
      [new Error('at once'), 'news'],
      [new Error('later'), 'news'],
    ]);
    expect(events.map(({ event }) => event)).toEqual(errors.map(() => 'failure'));
    expect(events[0]).toEqual({
      cache: 'shop',
      event: 'failure',
      error: expect.objectContaining({ message: 'failure' }),
    });
    expect(linesOf('its onError failed')).toHaveLength(errors.length);
    await cache.close();
  });

  it('has one line in the log, however many there are', async () => {
    const cache = await open();
    let heard = 0;
    await using _ = await cache.subscribe('spoilt', () => {
      heard++;
      throw new Error('no');
    });
    for (let n = 0; n < 100; n++) await cache.publish('spoilt', n);
    await waitFor(() => heard === 100, { what: 'all of them' });
    expect(linesOf('The subscription to "spoilt" failed to handle a message of "spoilt": no')).toHaveLength(1);
    await cache.close();
  });
});

describe('the end', () => {
  it('may be requested by the listener itself', async () => {
    const cache = await open();
    const ended = deferred<void>();
    let heard = 0;
    const subscription = await cache.subscribe('news', async () => {
      heard++;
      await turn();
      await subscription.unsubscribe();
      ended.resolve();
    });
    for (let n = 0; n < 3; n++) await cache.publish('news', n);
    await ended.promise;
    expect(heard).toBe(1);
    await cache.close();
  });

  it('waits for the current call, and drops waiting messages', async () => {
    const cache = await open();
    const [began, mayEnd] = [deferred<void>(), deferred<void>()];
    const order: string[] = [];
    const subscription = await cache.subscribe<number>('news', async (n) => {
      order.push(`began ${n}`);
      began.resolve();
      await mayEnd.promise;
      order.push(`ended ${n}`);
    });
    for (let n = 0; n < 3; n++) await cache.publish('news', n);
    await began.promise;
    const ending = [subscription.unsubscribe(), cache.close()].map((end) => end.then(() => order.push('over')));
    await turn();
    mayEnd.resolve();
    await Promise.all(ending);
    expect(order).toEqual(['began 0', 'ended 0', 'over', 'over']);
    await expect(cache.subscribe('news', () => undefined)).rejects.toThrow(ConnectionError);
  });

  it('leaves no connection, and one is enough for all', async () => {
    const cache = await open({ connection: server.url });
    const count = async (): Promise<number> =>
      (await server.cli('CLIENT', 'LIST', 'TYPE', 'pubsub')).split('\n').filter(Boolean).length;
    await waitFor(async () => (await count()) === 0, { what: 'those of others to be gone' });
    const subscriptions = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        n % 2 === 0 ? cache.subscribe(`c${n}`, () => undefined) : cache.psubscribe(`c${n}*`, () => undefined),
      ),
    );
    const lock = cache.lock('l');
    await lock.acquire();
    const waiting = cache.lock('l', { blockingTimeout: '5s' }).acquire();
    await waitFor(async () => (await server.cli('PUBSUB', 'CHANNELS', 'p:wake:*')).trim() !== '', {
      what: 'the waiter to listen',
    });
    expect(await count()).toBe(1);
    await lock.release();
    expect(await waiting).toBe(true);
    await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));
    expect(await count()).toBe(1);
    await cache.close();
    await waitFor(async () => (await count()) === 0, { what: 'the connection to be gone' });
  });
});
