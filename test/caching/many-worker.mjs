// One process of several that ask for overlapping keys at the same time.
import 'reflect-metadata';
import { once } from 'node:events';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { CachexModule, CachexService } from 'nest-cachex';

const { connection, keyPrefix, source: url, own, keys, callers } = JSON.parse(process.argv[2]);

class WorkerModule {}
Module({ imports: [CachexModule.forRoot({ connection, keyPrefix })] })(WorkerModule);

const app = await NestFactory.createApplicationContext(WorkerModule, { logger: ['error'] });
const cache = app.get(CachexService);
const source = new Redis(url);

/** Counts in Redis, for all processes, how often each key is loaded. */
async function load(missing) {
  const pipeline = source.pipeline();
  for (const key of missing) pipeline.hincrby(`${keyPrefix}:loads`, key, 1);
  await pipeline.exec();
  return new Map(missing.map((key) => [key, `value of ${key}`]));
}

process.send('ready');
await once(process, 'message');
const wrong = [];
await Promise.all(
  Array.from({ length: callers }, async (_, caller) => {
    const asked = Array.from({ length: 40 }, (__, place) => `key:${(own * 31 + caller * 11 + place * 3) % keys}`);
    const values = await cache.getOrSetMany(asked, load, { lock: true });
    for (const key of asked) if (values.get(key) !== `value of ${key}`) wrong.push(key);
  }),
);
process.send({ wrong });
source.disconnect();
await app.close();
process.disconnect();
