import { Logger } from '@nestjs/common';
import { expect, it } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { resolveOptions } from '../../lib/index.js';
import { RecordingPool } from '../recording-pool.js';

const numbers = Array.from({ length: 2500 }, (_, n) => n);
const names = numbers.map((n) => `f${n}`);

function open(reply: (name: string, count: number) => unknown) {
  const pool = new RecordingPool();
  pool.reply = (name, args) => reply(name, args.length);
  return { cache: createService(resolveOptions({ connection: 'memory://' }), pool, new Logger()), pool };
}

/** The arguments of each command sent. */
const sizes = (trip: readonly string[]): number[] => trip.map((command) => command.split(' ').length - 1);

it('a call with many arguments is several commands in one round trip, each of 1,000 at most', async () => {
  const { cache, pool } = open((_, count) => count - 1);
  expect(await cache.sadd('s', ...numbers)).toBe(2500);
  expect(await cache.hset('h', Object.fromEntries(names.map((name) => [name, 1])))).toBe(5000);
  const shop = { longitude: 1, latitude: 2 };
  expect(
    await cache.geoadd(
      'g',
      numbers.slice(0, 400).map((n) => [n, shop]),
      { nx: true },
    ),
  ).toBe(1202);
  expect(pool.trips.map(sizes)).toEqual([
    [1000, 1000, 503],
    [999, 999, 999, 999, 999, 11],
    [998, 206],
  ]);
});

it('one of 1,000 is one command', async () => {
  const { cache, pool } = open(() => 999);
  expect(await cache.sadd('s', ...numbers.slice(0, 999))).toBe(999);
  expect(pool.trips.map(sizes)).toEqual([[1000]]);
});

it('all of them are in a transaction if the caller asks for one', async () => {
  const { cache, pool } = open((_, count) => count - 1);
  expect(
    await cache
      .pipeline({ transaction: true })
      .srem('s', ...numbers)
      .execute(),
  ).toEqual([2500]);
  const [trip] = pool.trips;
  expect([trip![0], trip!.at(-1), trip!.length]).toEqual(['MULTI', 'EXEC', 5]);
});

it('each states the number of its fields', async () => {
  const { cache, pool } = open((_, count) => Array.from({ length: count - 3 }, () => 1));
  pool.reply = (_, args) => args.slice(4).map(() => 1);
  expect(await cache.hexpire('h', 60, names)).toHaveLength(2500);
  for (const command of pool.trips[0]!) {
    const [, , , , count, ...fields] = command.split(' ');
    expect(Number(count)).toBe(fields.length);
  }
  expect(pool.trips.map(sizes)).toEqual([[1000, 1000, 512]]);
});

it('some stay one command: a condition of all fields, an entry, combined sets', async () => {
  const { cache, pool } = open(() => 1);
  await cache.hsetex('h', Object.fromEntries(names.map((name) => [name, 1])), { fnx: true });
  await cache.sunionstore('d', names);
  expect(pool.trips.map((trip) => trip.length)).toEqual([1, 1]);
});

it('a refused part is an error of the call', async () => {
  const { cache, pool } = open(() => 1);
  let calls = 0;
  pool.reply = () => (++calls === 2 ? new Error('OOM command not allowed') : 1);
  await expect(cache.sadd('s', ...numbers)).rejects.toThrow('SADD "s": OOM');
});
