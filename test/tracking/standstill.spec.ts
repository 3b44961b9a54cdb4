import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { startServer } from '../servers/server.js';
import { keep, openTracked } from './tracked.js';
import { ways } from './ways.js';

/** Sets a key on a signal from this thread, whose event loop stands still meanwhile. */
const writer = `
  const { connect } = require('node:net');
  const { parentPort, workerData: { port, flag, set } } = require('node:worker_threads');
  const socket = connect(port, '127.0.0.1', () => {
    parentPort.postMessage('connected');
    Atomics.wait(flag, 0, 0);
    socket.write(set);
    socket.once('data', () => { Atomics.store(flag, 1, 1); Atomics.notify(flag, 1); socket.destroy(); });
  });`;

const reads: readonly ((cache: CachexService) => Promise<unknown>)[] = [
  (cache) => cache.get('key'),
  async (cache) => (await cache.getMany(['key'])).get('key'),
  (cache) => cache.getOrSet('key', () => 'made'),
];

/** Each cache has a copy of its own; all stand still at once. */
it.each(ways)(
  'a process that stood still gets nothing that was changed meanwhile, reported over $way',
  async ({ config }) => {
    await using server = await startServer({ engine: 'redis', config });
    const caches = await Promise.all(reads.map(() => openTracked({ connection: server.url, keyPrefix: 'still' })));
    const [first] = caches;
    await first!.set('key', 1);
    const keepAll = () => Promise.all(caches.map((cache) => keep(cache, 'key')));
    await keepAll();
    const wire = first!['executor'].keys.wire(first!['keyOf']('key')).toString();
    const flag = new Int32Array(new SharedArrayBuffer(8));
    const set = `*3\r\n$3\r\nSET\r\n$${wire.length}\r\n${wire}\r\n$1\r\n2\r\n`;
    const worker = new Worker(writer, { eval: true, workerData: { port: server.port, flag, set } });
    await new Promise((resolve) => worker.once('message', resolve));
    await keepAll();
    await nextTurn();
    await nextTurn();
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    Atomics.wait(flag, 1, 0);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);
    expect(await Promise.all(reads.map((read, index) => read(caches[index]!)))).toEqual([2, 2, 2]);
    await worker.terminate();
    await Promise.all(caches.map((cache) => cache.close()));
  },
);
