import { NestFactory } from '@nestjs/core';
import { cachexConfig, type CachexOptions } from 'nest-cachex';
import { AppModule } from './app.module.js';
import { thingsToTry } from './things-to-try.js';

const app = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'] });
app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
await app.listen(process.env.PORT ?? 3000, process.env.HOST ?? '127.0.0.1');
console.log(thingsToTry(await app.getUrl(), app.get<CachexOptions>(cachexConfig.KEY).connection === undefined));
