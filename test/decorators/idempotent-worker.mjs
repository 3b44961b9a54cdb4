// One process of a shop whose checkout never ends.
import 'reflect-metadata';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CachexModule, Idempotent } from 'nest-cachex';

const [connection, keyPrefix] = process.argv.slice(2);

class PaymentsController {
  async crash() {
    process.send('inside');
    await new Promise(() => undefined);
  }
}
const descriptor = Object.getOwnPropertyDescriptor(PaymentsController.prototype, 'crash');
Idempotent({ timeout: '1h', lease: '600ms' })(PaymentsController.prototype, 'crash', descriptor);
Post('crash')(PaymentsController.prototype, 'crash', descriptor);
Object.defineProperty(PaymentsController.prototype, 'crash', descriptor);
Controller('payments')(PaymentsController);

class WorkerModule {}
Module({ imports: [CachexModule.forRoot({ connection, keyPrefix })], controllers: [PaymentsController] })(WorkerModule);

const app = await NestFactory.create(WorkerModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
process.send(await app.getUrl());
