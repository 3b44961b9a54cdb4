import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';

/** Counts the packets in which commands arrive, and answers each command with OK. */
let server: Server;
let packets: string[];
let cache: CachexService;

beforeEach(async () => {
  packets = [];
  server = createServer((socket: Socket) => {
    socket.setNoDelay().on('data', (data) => {
      const text = data.toString();
      const commands = text.split(/^\*\d+\r\n/m).filter(Boolean);
      if (/\bSET\b/i.test(text) && text.includes(':1:')) packets.push(text);
      socket.write(commands.map((command) => (/\bexec\b/.test(command) ? '*2\r\n+OK\r\n+OK\r\n' : '+OK\r\n')).join(''));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const redisOptions = { enableReadyCheck: false, disableClientInfo: true };
  cache = await openCache({ connection: { host: '127.0.0.1', port, redisOptions, connect: 'eager' } });
});
afterEach(async () => {
  await cache.close();
  server.close();
});

it.each([false, true])('a pipeline leaves in one packet (transaction: %j)', async (transaction) => {
  const pipe = cache.pipeline({ transaction });
  pipe.set('a', 1).set('b', { some: 'object' });
  expect(await pipe.execute()).toEqual([true, true]);
  expect(packets).toHaveLength(1);
});
