// One process of a fleet that consumes a stream. It loads the package in an application, as users do. The hash
// `handled` counts the deliveries of every entry; entries with `poison` always fail.
import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CachexModule, CachexService, StreamConsumer } from 'nest-cachex';

const { connection, keyPrefix } = JSON.parse(process.argv[2]);

class Jobs {
  constructor(cache) {
    this.cache = cache;
  }
  async handle({ fields: { n, poison } }) {
    await delay(n % 5);
    if (poison) throw new Error('poison');
    await this.cache.hincrby('handled', String(n));
  }
}
const options = { stream: 'jobs', group: 'g', concurrency: 4, retryDelay: '250ms', maxDeliveries: 6 };
const method = Object.getOwnPropertyDescriptor(Jobs.prototype, 'handle');
StreamConsumer(options)(Jobs.prototype, 'handle', method);
const jobs = { provide: Jobs, useFactory: (cache) => new Jobs(cache), inject: [CachexService] };

class FleetModule {}
Module({ imports: [CachexModule.forRoot({ connection, keyPrefix })], providers: [jobs] })(FleetModule);

const app = await NestFactory.createApplicationContext(FleetModule, { logger: false });
app.enableShutdownHooks();
process.send('ready');
process.disconnect();
