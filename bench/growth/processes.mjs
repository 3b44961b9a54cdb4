import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { median } from '../measure.mjs';
import { pin } from '../processors.mjs';
import { pointsOf, serverCpu } from './measure.mjs';

const program = fileURLToPath(new URL('worker.mjs', import.meta.url));
const rounds = 10;

async function start(url) {
  const child = fork(program, [url]);
  await once(child, 'message');
  pin(child.pid, 'client');
  return {
    perform: async (name, ms) => {
      child.send({ name, ms });
      const [result] = await once(child, 'message');
      return result;
    },
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);

/** Runs an action in all workers at once; returns the average call, and the server's part of it. */
async function together(redis, workers, name, ms) {
  const before = await serverCpu(redis);
  const results = await Promise.all(workers.map(({ perform }) => perform(name, ms)));
  const server = await serverCpu(redis);
  const calls = sum(results.map((result) => result.calls));
  return {
    cpu: sum(results.map((result) => result.cpu * result.calls)) / calls,
    p50: median(results.map(({ p50 }) => p50)),
    p99: median(results.map(({ p99 }) => p99)),
    server: (server - before) / calls,
    apart: (ms * 1000) / calls,
  };
}

/** Microseconds of server time for a write to a key that every process has a copy of: the server tells all of them. */
async function trackedWrite(redis, workers) {
  const each = [];
  for (let round = 0; round < rounds; round++) {
    const ready = await Promise.all(workers.map(({ perform }) => perform('copy')));
    const before = await serverCpu(redis);
    await workers[0].perform('overwrite');
    each.push(((await serverCpu(redis)) - before) / ready[0].calls);
  }
  return median(each);
}

export const processes = {
  title: 'Processes',
  axis: 'processes',
  unit: 'µs a call',
  levels: [1, 2, 4, 8, 16],
  quickLevels: [1, 2],
  plotted: ['get, CPU', 'get, p99', 'get, server', 'tracked write, server', 'lock, hand-over', 'lock, p99'],
  async measure({ url, levels, isQuick }) {
    const ms = isQuick ? 300 : 2000;
    const redis = new Redis(url);
    const workers = [];
    try {
      return await pointsOf(levels, async (x) => {
        while (workers.length < x) workers.push(await start(url));
        await together(redis, workers, 'get', ms / 2);
        const get = await together(redis, workers, 'get', ms);
        const lock = await together(redis, workers, 'lock', ms);
        return {
          'get, CPU': get.cpu,
          'get, p50': get.p50,
          'get, p99': get.p99,
          'get, server': get.server,
          'tracked write, server': await trackedWrite(redis, workers),
          'lock, hand-over': lock.apart,
          'lock, p50': lock.p50,
          'lock, p99': lock.p99,
        };
      });
    } finally {
      await Promise.all(workers.map(({ stop }) => stop()));
      redis.disconnect();
    }
  },
};
