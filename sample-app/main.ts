import { NestFactory } from '@nestjs/core';
import { cachexConfig, CachexError, type CachexOptions } from 'nest-cachex';
import { AppModule } from './app.module.js';
import { thingsToTry } from './things-to-try.js';

try {
  const app = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'], abortOnError: false });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
  await app.listen(process.env.PORT ?? 3000, process.env.HOST ?? '127.0.0.1');
  console.log(thingsToTry(await app.getUrl(), app.get<CachexOptions>(cachexConfig.KEY).connection === undefined));
} catch (error) {
  if (!(error instanceof CachexError)) throw error;
  console.error(`The shop stays closed. ${error.message}`);
  console.error('Without the CACHEX_* variables it needs no server: it uses the engine that is part of the library.');
  process.exit(1);
}
