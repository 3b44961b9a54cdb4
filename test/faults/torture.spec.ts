import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CachexError, type CachexService } from '../../lib/index.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { addressOf, commandTimeoutMs, lateness, openImpatient } from './faults.js';

const callers = 20;
const callsUnderWay = 5;
const durationMs = 4_000;
/** This many questions must be answered; a busy machine, on which connecting is slow, gets this much more time. */
const leastAnswers = 100;
const extraMs = 40_000;
/** Every other time, the torture continues only after this many more answers. */
const answersBetween = 10;

/** Faults of the network: one begins every few milliseconds, and ends a few milliseconds later. */
const tortures: readonly ((proxy: Proxy) => unknown)[] = [
  (proxy) => proxy.cutAfter(randomInt(1, 400)),
  (proxy) => proxy.dropConnections(),
  (proxy) => proxy.delay(randomInt(1, 50)),
  // The library gives up some calls, and their answers still arrive.
  (proxy) => proxy.delay(commandTimeoutMs + 20),
  (proxy) => proxy.blackHole(),
  (proxy) => proxy.refuse(),
];

/** A question whose answer is unique and known. */
type Question = (cache: CachexService, token: string) => Promise<unknown>;

/** Each returns its own token, from replies of different shapes. */
const questions: readonly Question[] = [
  (cache, token) => cache.evalScript('echo', [], [token]).then(String),
  async (cache, token) => {
    await cache.set(token, token);
    return cache.get(token);
  },
  async (cache, token) => {
    await cache.hset(token, { [token]: token });
    return [...(await cache.hgetall<string>(token)).values()][0];
  },
  async (cache, token) => {
    await cache.rpush(token, token, 'other');
    return (await cache.lrange<string>(token, 0, 0))[0];
  },
  async (cache, token) => {
    await cache.sadd(token, token);
    return (await cache.smismember(token, 'other', token)).join() === 'false,true' && token;
  },
  async (cache, token) => {
    const [set, get, count] = await cache.pipeline().set(token, token).get<string>(token).ttl(token).execute();
    return set && count === -1 && get;
  },
  async (cache, token) => {
    const transaction = cache.pipeline({ transaction: true }).set(token, token).get<string>(token).hasKey('nothing');
    const [set, get, has] = await transaction.execute();
    return set && !has && get;
  },
  async (cache, token) => {
    await cache.setMany({ [`${token}a`]: token, [`${token}b`]: 1 });
    return (await cache.getMany<string>([`${token}a`, `${token}none`])).get(`${token}a`);
  },
  async (cache, token) => {
    await cache.rpush(token, token);
    return (await cache.blpop<string>([token], 0.2))?.[1];
  },
];

describe('under torture', () => {
  let server: RedisServer;
  let proxy: Proxy;
  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
    proxy = await startProxy(server);
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  it.each([1, 3])('nobody gets the answer of another (poolSize: %j)', { timeout: 90_000 }, async (poolSize) => {
    const cache = await openImpatient({ ...addressOf(proxy), poolSize });
    cache.registerScript('echo', 'return ARGV[1]');
    const end = performance.now() + durationMs;
    const isRunning = () => performance.now() < end + (answered < leastAnswers ? extraMs : 0);
    const wrong: string[] = [];
    const failed = new Set<unknown>();
    let [answered, slowest] = [0, 0];

    const ask = async () => {
      while (isRunning()) {
        const token = randomUUID();
        const question = questions[randomInt(questions.length)]!;
        const asked = performance.now();
        try {
          const answer = await question(cache, token);
          if (answer !== token) wrong.push(`${question.toString()}: ${inspect(answer)}`);
          answered++;
        } catch (error) {
          failed.add(error instanceof CachexError ? error.code : error);
          await pause(5);
        }
        slowest = Math.max(slowest, performance.now() - asked);
      }
    };
    const torture = async () => {
      for (let round = 1; isRunning(); round++) {
        await pause(randomInt(5, 60));
        await tortures[randomInt(tortures.length)]!(proxy);
        await pause(randomInt(5, 60));
        await proxy.pass();
        const enough = round % 2 === 0 ? answered + answersBetween : 0;
        while (isRunning() && answered < enough) await pause(5);
      }
    };
    await Promise.all([torture(), ...Array.from({ length: callers * callsUnderWay }, ask)]);

    expect(wrong).toEqual([]);
    expect(answered).toBeGreaterThanOrEqual(leastAnswers);
    const known = ['CACHEX_CONNECTION', 'CACHEX_COMMAND_TIMEOUT', 'CACHEX_PIPELINE'];
    expect([...failed].filter((code) => !known.includes(code as string))).toEqual([]);
    // At most two calls, one of which may wait on purpose.
    expect(slowest).toBeLessThan(2 * commandTimeoutMs + 200 + lateness);
    await cache.close();
  });
});
