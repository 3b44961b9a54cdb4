// One process that listens. It loads the package as users do, and reports its messages on request.
import 'reflect-metadata';
import { once } from 'node:events';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CachexModule, CachexService } from 'nest-cachex';

const { connection, keyPrefix, count } = JSON.parse(process.argv[2]);

class ListenerModule {}
Module({ imports: [CachexModule.forRoot({ connection, keyPrefix })] })(ListenerModule);

const app = await NestFactory.createApplicationContext(ListenerModule, { logger: ['error'] });
const cache = app.get(CachexService);
const heard = [];
await cache.subscribe('orders', (order) => {
  heard.push(order.id);
  if (heard.length === count) process.send({ heard });
});
await cache.psubscribe('ord*', () => undefined);
process.send('listening');
await once(process, 'message');
await app.close();
process.disconnect();
