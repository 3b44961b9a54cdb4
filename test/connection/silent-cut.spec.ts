import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockingWireCommand, WireCommand } from '../../lib/wire/connection-pool.js';
import { withLastIds } from '../../lib/connection/blocking/last-ids.js';
import { type CachexService, CommandTimeoutError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

let server: RedisServer;
let proxy: Proxy;
let direct: CachexService;
let cache: CachexService;
beforeEach(async () => {
  server = await startServer({ engine: 'redis' });
  proxy = await startProxy(server);
  direct = await openCache({ connection: server.url });
  cache = await open();
});
afterEach(async () => {
  await Promise.all([cache.close(), direct.close()]);
  await proxy.stop();
  await server.stop();
});

const open = (connection: object = {}): Promise<CachexService> =>
  openCache(
    { connection: { host: proxy.host, port: proxy.port, commandTimeout: '1500ms', ...connection } },
    new QuietLogger('Cachex'),
  );

/** The ports of the server's clients whose last command was this one. */
async function clientsOf(command: RegExp): Promise<number[]> {
  const lines = (await server.cli('CLIENT', 'LIST')).trimEnd().split('\n');
  return lines
    .filter((line) => command.test(/ cmd=(\S*)/.exec(line)![1]!))
    .map((line) => Number(/ addr=\S*:(\d+)/.exec(line)![1]));
}
const waitingWith = (command: RegExp, count = 1): Promise<void> =>
  waitFor(async () => (await clientsOf(command)).length === count, { what: `${count} of ${command}` });

describe('on a connection that was cut off silently', () => {
  it('endless waits fail, because an element may be lost', async () => {
    const waits: readonly (() => Promise<unknown>)[] = [
      () => cache.blpop(['list'], null),
      () => cache.brpop(['list'], '1d'),
      () => cache.blmove('list', 'other', 'LEFT', 'RIGHT', null),
      () => cache.xreadgroup('g', 'one', { stream: '>' }, { block: null }),
    ];
    await direct.xgroupCreate('stream', 'g', '$', { mkstream: true });
    const outcomes = waits.map((wait) => wait().catch((error: unknown) => error));
    await waitingWith(/^(blpop|brpop|blmove|xreadgroup)$/, waits.length);
    proxy.cutSilently();
    for (const outcome of outcomes) expect(await outcome).toBeInstanceOf(CommandTimeoutError);
    for (const wait of waits) {
      await direct.rpush('list', 1);
      await direct.xadd('stream', { n: 1 });
      expect(await wait()).toBeDefined();
    }
  });

  it('a reader continues on another one', async () => {
    const found = cache.xread({ stream: '$' }, { block: null });
    await waitingWith(/^xread$/);
    proxy.cutSilently();
    await direct.xadd('stream', { n: 1 });
    expect((await found).get('stream')).toMatchObject([{ fields: { n: 1 } }]);
  });

  it('a wait can be cancelled', async () => {
    const controller = new AbortController();
    const outcome = cache.blpop(['list'], null, { signal: controller.signal }).catch((error: unknown) => error);
    await waitingWith(/^blpop$/);
    proxy.cutSilently();
    controller.abort('enough');
    expect(await outcome).toBe('enough');
  });

  it('waiters for locks listen again, and check whether they have missed their turn', async () => {
    const lock = direct.lock('lock', { timeout: '1h' });
    await lock.acquire();
    const waiting = cache.lock('lock', { blockingTimeout: '1h' }).acquire();
    await waitingWith(/^subscribe$|^ping$/);
    const [listening] = await clientsOf(/^subscribe$|^ping$/);
    proxy.cutSilently(listening);
    await waitFor(async () => (await clientsOf(/^subscribe$|^ping$/)).some((port) => port !== listening), {
      what: 'another subscription',
    });
    await lock.release();
    expect(await waiting).toBe(true);
  });
});

describe('a long wait', () => {
  it('lasts as long as requested', async () => {
    const start = performance.now();
    expect(await cache.blpop(['list'], '2300ms')).toBeUndefined();
    expect(performance.now() - start).toBeGreaterThan(2_250);
  });

  it('is split for the server, and takes nothing twice', async () => {
    const popped = Promise.all(Array.from({ length: 10 }, () => cache.blpop<number>(['list'], '20s')));
    await waitingWith(/^blpop$/, 10);
    const busy = async () => /cmdstat_blpop:calls=(\d+)/.exec(await server.cli('INFO', 'commandstats'))?.[1];
    await waitFor(async () => Number(await busy()) > 30, { what: 'the third part' });
    for (let n = 0; n < 10; n++) await direct.rpush('list', n);
    const elements = (await popped).map((each) => each![1]).toSorted((a, b) => a - b);
    expect(elements).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await direct.llen('list')).toBe(0);
  });

  it('can be cancelled in any of its parts', async () => {
    const controller = new AbortController();
    const outcome = cache.blpop(['list'], null, { signal: controller.signal }).catch((error: unknown) => error);
    const calls = async () => /cmdstat_blpop:calls=(\d+)/.exec(await server.cli('INFO', 'commandstats'))?.[1];
    await waitFor(async () => Number(await calls()) >= 2, { what: 'the second part' });
    controller.abort('enough');
    expect(await outcome).toBe('enough');
    await waitFor(async () => (await clientsOf(/^blpop$/)).length <= 1, { what: 'its end' });
  });

  it('of a user who may only call XREAD is one wait', async () => {
    await server.cli('ACL', 'SETUSER', 'reader', 'on', '>secret', '~*', '&*', '+@all', '-xrevrange');
    const reader = await open({ username: 'reader', password: 'secret' });
    const found = reader.xread({ stream: '$' }, { block: null });
    await waitingWith(/^xread$/);
    await direct.xadd('stream', { n: 1 });
    expect((await found).size).toBe(1);
    await reader.close();
  });
});

describe('the last ID', () => {
  const command = (ids: string[]): BlockingWireCommand => ({
    name: 'XREAD',
    args: ['COUNT', '5', 'BLOCK', '0', 'STREAMS', 'a', 'b', 'c', ...ids],
    access: 'write',
    blocking: { timeoutMs: null, argument: 3, unit: 'milliseconds' },
  });

  it('replaces $: an entry between two parts of a wait is found by the next one', async () => {
    const asked: WireCommand[] = [];
    const answer = async (sent: WireCommand): Promise<unknown> => {
      asked.push(sent);
      return sent.args[0] === 'a' ? [[Buffer.from('5-1'), []]] : [];
    };
    const { args } = await withLastIds(command(['$', '7-0', '$']), answer);
    expect(args.slice(-3)).toEqual(['5-1', '7-0', '0-0']);
    expect(asked.map((each) => each.args)).toEqual([
      ['a', '+', '-', 'COUNT', '1'],
      ['c', '+', '-', 'COUNT', '1'],
    ]);
  });

  it('is not asked for without need', async () => {
    const never = () => Promise.reject(new Error('asked'));
    expect((await withLastIds(command(['1', '2', '3']), never)).args.slice(-3)).toEqual(['1', '2', '3']);
    const pop = { ...command([]), name: 'BLPOP', args: ['$', '0'] };
    expect(await withLastIds(pop, never)).toBe(pop);
  });
});
