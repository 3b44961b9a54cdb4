// One process that reads through the cache, and evicts entries that it has changed. It loads the package as users do.
import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { CachexModule, CachexService } from 'nest-cachex';

const { connection, keyPrefix, source: url, own, processes, reads, tracking } = JSON.parse(process.argv[2]);

class ReaderModule {}
Module({ imports: [CachexModule.forRoot({ connection, keyPrefix, tracking })] })(ReaderModule);

const app = await NestFactory.createApplicationContext(ReaderModule, { logger: ['error'] });
const cache = app.get(CachexService);
/**
 * The source of the values, shared by all processes: `row:…` is the current version, `floor:…` the version that an
 * eviction guarantees.
 */
const source = new Redis(url);

const rows = Array.from({ length: 4 * processes }, (_, index) => index);
const stampede = { delta: '6s', buffer: '1s' };
const kinds = [{}, { lock: true }, { grace: '1h' }, { timeout: '20ms', grace: '1h' }, { stampede }];
const kindOf = (row) => ({ timeout: '10s', ...kinds[row % kinds.length] });
const name = (row) => `row:${row}`;

const evictions = [
  (row) => cache.delete(name(row)),
  (row) => cache.deleteMany([name(row), 'other']),
  (row) => cache.deletePattern(name(row)),
  (row) => cache.pipeline().delete(name(row)).execute(),
];

/** The allowed age of a copy under tracking, by the clock of this process. */
const lagMs = tracking ? 1000 : 0;

/** What this process knew about each row, and when. */
const known = new Map();
const stale = [];
/** The number of reads so far, by either call. */
const done = { getOrSet: 0, getOrSetMany: 0 };
/** How long each eviction took, in milliseconds. */
const evictionsMs = [];
let isOver = false;

/** Each row has one writer. */
async function change(row) {
  while (!isOver) {
    const value = await source.incr(`${keyPrefix}:row:${row}`);
    const start = performance.now();
    await evictions[randomInt(evictions.length)](row);
    evictionsMs.push(performance.now() - start);
    await source.set(`${keyPrefix}:floor:${row}`, value);
    await delay(randomInt(60));
  }
}

async function readOne() {
  const row = rows[randomInt(rows.length)];
  const least = await leastOf(row);
  const options = kindOf(row);
  const { value } = await cache.getOrSet(name(row), () => load(row), options);
  check('getOrSet', row, options, value, least);
}

/** Reads several rows with one load, and compares each value with what was known about its row. */
async function readMany() {
  const first = randomInt(rows.length);
  const some = rows.filter((row) => (row - first + rows.length) % rows.length < 5);
  const options = kindOf(first);
  const floors = new Map();
  for (const row of some) floors.set(row, await leastOf(row));
  const values = await cache.getOrSetMany(
    some.map(name),
    async (missing) => Promise.all(missing.map((key) => load(Number(key.slice('row:'.length))))),
    options,
  );
  for (const row of some) check('getOrSetMany', row, options, values.get(name(row)).value, floors.get(row));
}

async function load(row) {
  const value = Number(await source.get(`${keyPrefix}:row:${row}`));
  await delay(randomInt(20));
  return { value };
}

/** The oldest version that a read may return if it begins now. */
async function leastOf(row) {
  const floor = Number(await source.get(`${keyPrefix}:floor:${row}`));
  if (lagMs === 0) return floor;
  const past = known.get(row) ?? [];
  known.set(row, [...past.slice(-200), { floor, at: performance.now() }]);
  return past.findLast(({ at }) => at < performance.now() - lagMs)?.floor ?? 0;
}

function check(call, row, options, value, least) {
  if (value < least) stale.push(`${call} of row ${row} with ${JSON.stringify(options)}: ${value} after ${least}`);
  done[call]++;
}

/** The same number of reads by either call, in random order: each must meet the evictions of the other. */
async function read() {
  for (;;) {
    const left = Object.keys(done).filter((call) => done[call] < reads);
    if (left.length === 0) return;
    const isMany = left.length === 1 ? left[0] === 'getOrSetMany' : randomInt(6) === 0;
    await (isMany ? readMany() : readOne());
  }
}

const ownRows = rows.filter((row) => row % processes === own);
const changing = ownRows.map(change);
await Promise.all(Array.from({ length: 20 }, read));
isOver = true;
await Promise.all(changing);
const { hits, misses } = await cache.stats();
process.send({ stale: stale.slice(0, 10), count: stale.length, done, hits, misses, evictionsMs });
source.disconnect();
await app.close();
process.disconnect();
