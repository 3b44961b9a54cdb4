// One process of a fleet. It performs the calls in messages, `{ call, args }`, and answers with `{ answer }` or `{
// error, message }`. It loads the package in an application, as users do.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CachexModule, CachexService } from 'nest-cachex';

const [given, keyPrefix] = process.argv.slice(2);
const connection = JSON.parse(given);

class WorkerModule {}
Module({ imports: [CachexModule.forRoot({ connection, keyPrefix })] })(WorkerModule);

const app = await NestFactory.createApplicationContext(WorkerModule, { logger: ['error'] });
const cache = app.get(CachexService);
const redis = cache.getClient();
const handles = new Map();

const open = ({ name, capacity, kind = 'lock', ...options }) => {
  if (kind !== 'lock') return cache.rwLock(name, options)[kind]();
  return capacity === undefined ? cache.lock(name, options) : cache.semaphore(name, capacity, options);
};

const calls = {
  /** Counts without an atomic command: simultaneous increments would be lost. */
  async count({ rounds, ...what }) {
    const seen = [];
    for (let round = 0; round < rounds; round++) {
      await open(what).using(async ({ fencingToken }) => {
        const inside = await redis.incr(`${keyPrefix}:inside`);
        const before = Number(await redis.get(`${keyPrefix}:count`));
        seen.push([inside, fencingToken]);
        await redis.set(`${keyPrefix}:count`, before + 1);
        await redis.decr(`${keyPrefix}:inside`);
      });
    }
    return seen;
  },
  /** Reads four times and writes once; reports other holders that it must not have met inside. */
  async readAndWrite({ rounds, name }) {
    const seen = { readers: 0, others: 0, tokens: [] };
    const [readers, writers] = [`${keyPrefix}:readers`, `${keyPrefix}:writers`];
    for (let round = 0; round < rounds; round++) {
      const isWriter = round % 5 === 0;
      await open({ name, kind: isWriter ? 'write' : 'read' }).using(async ({ fencingToken }) => {
        seen.tokens.push(fencingToken);
        const mine = isWriter ? writers : readers;
        const inside = await redis.incr(mine);
        if (isWriter) seen.others += inside - 1 + Number(await redis.get(readers));
        else seen.others += Number(await redis.get(writers));
        if (!isWriter) seen.readers = Math.max(seen.readers, inside);
        await redis.decr(mine);
      });
    }
    return seen;
  },
  /** Moves one unit from an account to another, back and forth, without an atomic command. */
  async transfer({ rounds, names }) {
    for (let round = 0; round < rounds; round++) {
      const [from, to] = names.toSorted(() => Math.random() - 0.5);
      await cache.lock([from, to]).using(async () => {
        const [ofFrom, ofTo] = (await redis.mget(`${keyPrefix}:${from}`, `${keyPrefix}:${to}`)).map(Number);
        await redis.mset(`${keyPrefix}:${from}`, ofFrom - 1, `${keyPrefix}:${to}`, ofTo + 1);
        await redis.incr(`${keyPrefix}:transfers`);
      });
    }
  },
  /** Holds a weight for a moment, and returns the greatest total weight ever held. */
  async weigh({ rounds, weights, ...what }) {
    let most = 0;
    for (let round = 0; round < rounds; round++) {
      const weight = weights[round % weights.length];
      await open({ ...what, weight }).using(async () => {
        most = Math.max(most, await redis.incrby(`${keyPrefix}:weight`, weight));
        await redis.decrby(`${keyPrefix}:weight`, weight);
      });
    }
    return most;
  },
  async acquire({ as, ...what }) {
    const handle = open(what);
    handles.set(as, handle);
    const acquired = await handle.acquire();
    handle.signal.addEventListener('abort', () => {
      process.send({ aborted: as, reason: handle.signal.reason.name });
    });
    return { acquired, fencingToken: handle.fencingToken };
  },
  /** Computes the value of a key so slowly that all processes miss it. */
  async getOrSet({ key }) {
    const make = async () => {
      const run = await redis.incr(`${keyPrefix}:runs`);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return `run ${run} of ${process.pid}`;
    };
    return cache.getOrSet(key, make, { lock: true });
  },
  /** Consumes as fast as possible for this long; returns a time before and a time after each allowed call. */
  async consume({ name, id, forMs, ...options }) {
    const limiter = cache.rateLimiter(name, options);
    const allowed = [];
    const clock = () => performance.timeOrigin + performance.now();
    for (const end = clock() + forMs; clock() < end;) {
      const from = clock();
      const result = await limiter.consume(id);
      if (result.allowed) allowed.push({ from, to: clock() });
    }
    return allowed;
  },
  async stand({ name, ...options }) {
    handles.set('leader', cache.leader(name, options));
  },
  async leads() {
    return handles.get('leader').isLeader;
  },
  async release({ as }) {
    await handles.get(as).release();
  },
  async isAborted({ as }) {
    return handles.get(as).signal.aborted;
  },
  /** Disconnecting ends a process that nothing else keeps alive. */
  async close() {
    await app.close();
    process.nextTick(() => process.disconnect());
  },
};

process.on('message', ({ id, call, args }) => {
  calls[call](args).then(
    (answer) => process.send({ id, answer }),
    (error) => process.send({ id, error: error.name, message: error.message }),
  );
});
process.send({ ready: true });
