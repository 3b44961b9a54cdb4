import { type DynamicModule, type INestApplication, Module } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { CachexAdminModule } from '../../admin/index.js';
import { CachexModule, type CachexOptions } from '../../index.js';
import type { Password } from './password.js';
import { PasswordGuard } from './password.guard.js';

interface AdminPageOptions {
  readonly connection: CachexOptions;
  readonly port: number;
  readonly readOnly: boolean;
  readonly flush: boolean;
  readonly password: Password;
}

const path = 'cachex';
/** A line of an export in a body of JSON. */
const longestBody = 10_000_000;

@Module({})
class AdminProgram {}

/** Serves the page on loopback until SIGINT or SIGTERM, and returns its address. */
export async function startAdminPage(options: AdminPageOptions): Promise<string> {
  const httpAdapter = await createHttpAdapter();
  const app: INestApplication = await NestFactory.create(moduleOf(options, httpAdapter), httpAdapter, {
    logger: ['fatal', 'error', 'warn'],
    abortOnError: false,
  });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
  await app.listen(options.port, '127.0.0.1');
  return `${await app.getUrl()}/${path}`;
}

function moduleOf(
  { connection, readOnly, flush, password }: AdminPageOptions,
  httpAdapter: AbstractHttpAdapter,
): DynamicModule {
  const guards = [new PasswordGuard(password, httpAdapter)];
  // Loopback only: a site that points its own name at this machine gets nothing.
  const hosts = ['127.0.0.1', 'localhost', '[::1]'];
  const page = CachexAdminModule.forRoot({ path, guards, hosts, readOnly, flush });
  return { module: AdminProgram, imports: [CachexModule.forRoot(connection), page] };
}

/** Of the installed platform: the library itself needs neither. */
async function createHttpAdapter(): Promise<AbstractHttpAdapter> {
  try {
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    const adapter = new ExpressAdapter();
    adapter.useBodyParser('json', false, { limit: longestBody });
    return adapter;
  } catch {
    // Try Fastify.
  }
  try {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter({ bodyLimit: longestBody });
  } catch (cause) {
    throw new Error(
      'nest-cachex admin needs @nestjs/platform-express or @nestjs/platform-fastify: npm install it, or run ' +
        'npx -p nest-cachex -p @nestjs/platform-express nest-cachex admin',
      { cause },
    );
  }
}
