// One process that reads and writes under tracking, and records the times. It loads the package as users do.
import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CachexModule, CachexService } from 'nest-cachex';

const { connection, own, writers, keys } = JSON.parse(process.argv[2]);

class WorkerModule {}
Module({
  imports: [CachexModule.forRoot({ connection: { ...connection, poolSize: 2 }, tracking: true })],
})(WorkerModule);

const app = await NestFactory.createApplicationContext(WorkerModule, { logger: ['error'] });
const cache = app.get(CachexService);

/** Milliseconds by a clock that all processes of the machine share. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** `[key, number, when]`: from then on, no reader may get a smaller number. */
const acknowledged = [];
/** By key and number: when it was last requested and returned. */
const given = new Map();
let isOver = false;
let hits = 0;

/** Each key has one writer, whose numbers grow. There are few writes per key, so that a wrong copy stays wrong. */
async function write() {
  const each = keys / writers;
  for (let number = 1; !isOver; number++) {
    // First all of them, then any of them.
    const key = (number <= each ? number - 1 : randomInt(each)) * writers + own;
    const write = number % 2 ? cache.set(`k${key}`, number) : cache.pipeline().set(`k${key}`, number).execute();
    await write.then(
      () => acknowledged.push([key, number, now()]),
      () => undefined,
    );
    if (number > each) await delay(30);
  }
}

async function read() {
  while (!isOver) {
    for (let i = 0; i < 20; i++) {
      const key = randomInt(keys);
      const asked = now();
      const number = await cache.get(`k${key}`).catch(() => undefined);
      if (number !== undefined) given.set(`${key} ${Number(number)}`, asked);
      if (now() - asked < 0.1) hits++;
    }
    await delay(4);
  }
}

const done = Promise.all([write(), read(), read()]);
process.send('ready');

await once(process, 'message');
isOver = true;
await done;
process.send({ acknowledged, given: [...given], hits });

await once(process, 'message');
process.send([...(await cache.getMany(Array.from({ length: keys }, (_, key) => `k${key}`)))]);
await app.close();
process.nextTick(() => process.disconnect());
