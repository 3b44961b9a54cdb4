import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RedisSubscription } from '../../lib/connection/links/redis-subscription.js';
import { type ChannelListener, ConnectionError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { ScriptedServer } from './scripted-server.js';

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
const entered = `*3\r\n${bulk('subscribe')}${bulk('news')}:1\r\n`;
const message = `*3\r\n${bulk('message')}${bulk('news')}${bulk('hello')}`;

/** Sent in place of the reply to SUBSCRIBE. */
const noAnswers = [
  ...['+OK\r\n', ':1\r\n', '$-1\r\n', '*-1\r\n', '*0\r\n', '$0\r\n\r\n', `*1\r\n${bulk('subscribe')}`],
  ...['*3\r\n$-1\r\n$-1\r\n$-1\r\n', `*3\r\n${bulk('subscribe')}$-1\r\n:1\r\n`, `*3\r\n${bulk('message')}:1\r\n:1\r\n`],
  ...['*1\r\n-ERR inside\r\n', '*3\r\n*0\r\n*0\r\n*0\r\n'],
];
/** Without a meaning for a subscriber. */
const noMessages = [
  ...['*0\r\n', '*1\r\n$-1\r\n', '$-1\r\n', '*-1\r\n', `*1\r\n${bulk('message')}`, `*1\r\n${bulk('pmessage')}`],
  ...[`*3\r\n${bulk('message')}$-1\r\n$-1\r\n`, `*3\r\n${bulk('message')}${bulk('news')}:1\r\n`],
  ...[`*3\r\n${bulk('message')}${bulk('news')}*1\r\n$-1\r\n`, `*3\r\n${bulk('message')}${bulk('news')}*1\r\n*0\r\n`],
  ...[`*2\r\n${bulk('subscribe')}$-1\r\n`, `*1\r\n${bulk('unsubscribe')}`, '*2\r\n:1\r\n:2\r\n'],
];

let server: ScriptedServer;
let uncaught: unknown[];
const catchIt = (error: unknown): void => void uncaught.push(error);
beforeEach(async () => {
  uncaught = [];
  process.on('uncaughtException', catchIt);
  server = await ScriptedServer.start();
});
afterEach(async () => {
  process.off('uncaughtException', catchIt);
  await server[Symbol.asyncDispose]();
});

const well = (command: string): string => (/\r\nsubscribe\r\n/.test(command) ? entered : '+OK\r\n');
const instead = (reply: string) => (command: string) => (/\r\nsubscribe\r\n/.test(command) ? reply : '+OK\r\n');

function listen(onMessage?: (text: Buffer) => void) {
  const listener = {
    onMessage: vi.fn<(text: Buffer) => void>(onMessage),
    onListening: vi.fn<() => void>(),
    onSilence: vi.fn<() => void>(),
  } satisfies ChannelListener;
  return {
    listener,
    subscription: new RedisSubscription(() => ({ options: { ...server.address, protocol: 2 } }), 'news', listener),
  };
}

describe('a connection that listens', () => {
  it.each(noAnswers)('is replaced after an unexpected reply to SUBSCRIBE: %j', async (reply) => {
    server.answer = instead(reply);
    const { listener, subscription } = listen();
    await expect.poll(() => server.sockets.length).toBeGreaterThan(1);
    expect(listener.onListening).not.toHaveBeenCalled();
    server.answer = well;
    await expect.poll(() => listener.onListening.mock.calls.length).toBe(1);
    server.sockets.at(-1)!.write(message);
    await expect.poll(() => listener.onMessage.mock.calls).toEqual([[Buffer.from('hello')]]);
    expect(uncaught).toEqual([]);
    await subscription.close();
  });

  it.each(noMessages)('is replaced after anything that is no message: %j', async (reply) => {
    server.answer = well;
    const { listener, subscription } = listen();
    await expect.poll(() => listener.onListening.mock.calls.length).toBe(1);
    server.sockets.at(-1)!.write(reply);
    await expect.poll(() => listener.onListening.mock.calls.length).toBe(2);
    expect(listener.onSilence).toHaveBeenCalledOnce();
    expect(listener.onMessage).not.toHaveBeenCalled();
    expect(uncaught).toEqual([]);
    await subscription.close();
  });

  it('is replaced after a message without a meaning for its listener', async () => {
    server.answer = well;
    const { listener, subscription } = listen((text) => void text.toString());
    await expect.poll(() => listener.onListening.mock.calls.length).toBe(1);
    server.sockets.at(-1)!.write(`*3\r\n${bulk('message')}${bulk('news')}$-1\r\n`);
    await expect.poll(() => listener.onListening.mock.calls.length).toBe(2);
    expect(uncaught).toEqual([]);
    await subscription.close();
  });
});

describe('a shared connection', () => {
  const commands = ['subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe'] as const;

  it.each(commands.flatMap((name) => noAnswers.map((reply) => [name, reply] as const)))(
    'ends after an unexpected reply to %s, and comes back: %j',
    async (name, reply) => {
      let isWell = false;
      server.answer = (command) => (!isWell && command.includes(`\r\n${name}\r\n`) ? reply : '+OK\r\n');
      const cache = await openCache({ connection: { ...server.address, connect: 'eager' } }, new QuietLogger('Cachex'));
      const client = cache.getClient() as Redis;
      const calls = await Promise.allSettled([client[name]('news'), cache.set('key', 1), cache.get('key')]);
      expect(calls[0]!.status).toBe('rejected');
      for (const call of calls.slice(1)) expect(call).toMatchObject({ reason: expect.any(ConnectionError) });
      isWell = true;
      await expect.poll(() => cache.set('key', 1).catch(() => false)).toBe(true);
      expect(uncaught).toEqual([]);
      await cache.close();
    },
  );

  it.each(['$-1\r\n', '*-1\r\n', '+OK\r\n', ':1\r\n', `${'*1\r\n'.repeat(9_000)}:1\r\n`])(
    'ends where something comes that nobody has asked for, and comes again: %#',
    async (reply) => {
      const cache = await openCache({ connection: { ...server.address, connect: 'eager' } }, new QuietLogger('Cachex'));
      const ended = once(server.sockets[0]!, 'close');
      server.sockets[0]!.write(reply);
      await ended;
      await expect.poll(() => cache.set('key', 1).catch(() => false)).toBe(true);
      expect(uncaught).toEqual([]);
      await cache.close();
    },
  );
});
