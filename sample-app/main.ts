import { NestFactory } from '@nestjs/core';
import { cachexConfig, CachexError, type CachexOptions } from 'nest-cachex';
import { AdminPassword } from './admin/admin-password.js';
import { AppModule } from './app.module.js';
import { thingsToTry } from './things-to-try.js';

const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? '127.0.0.1';

try {
  const app = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'], abortOnError: false });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
  await app.listen(port, host);
  const isEmbedded = app.get<CachexOptions>(cachexConfig.KEY).connection === undefined;
  console.log(thingsToTry(await app.getUrl(), isEmbedded, app.get(AdminPassword, { strict: false }).value));
} catch (error) {
  console.error(`The shop stays closed. ${whyClosed(error)}`);
  process.exit(1);
}

function whyClosed(error: unknown): string {
  if (error instanceof CachexError) {
    return `${error.message}\nWithout the CACHEX_* variables it needs no server: it uses the engine that is part of the library.`;
  }
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    return `Port ${port} is taken. Another one: PORT=${port + 1} npm start`;
  }
  throw error;
}
