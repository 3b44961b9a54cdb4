// A process that writes on request: `{ connection, keyPrefix }` opens the cache, `{ key, value }` is written. It
// answers after the acknowledgement, with the milliseconds of a clock that all processes of a machine share.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CachexModule, CachexService } from 'nest-cachex';

let app;

async function open({ connection, keyPrefix }) {
  await app?.close();
  class WriterModule {}
  Module({ imports: [CachexModule.forRoot({ connection, keyPrefix })] })(WriterModule);
  app = await NestFactory.createApplicationContext(WriterModule, { logger: ['error'] });
}

const write = ({ key, value }) => app.get(CachexService).set(key, value);

process.on('message', (message) => {
  const done = 'connection' in message ? open(message) : write(message);
  void done.then(() => process.send(Number(process.hrtime.bigint()) / 1e6));
});
process.once('disconnect', () => void app?.close());
process.send('ready');
