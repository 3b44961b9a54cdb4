import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { CachexModule, type CachexOptions, CachexService } from '../../lib/index.js';
import { type RedisServer, startServer } from '../servers/server.js';

/** Applications that share a server; after each test they are closed, and the database is emptied. */
export function useApplications() {
  const closing: (() => Promise<unknown>)[] = [];
  let server: RedisServer;

  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
  });
  afterEach(async () => {
    // In reverse order: clients before their servers.
    for (const close of closing.splice(0).toReversed()) await close();
    if (server.isAnswering) await server.cli('FLUSHALL');
  });
  afterAll(() => server.stop());

  const options = (more: CachexOptions = {}): CachexOptions => ({ connection: server.url, keyPrefix: 'test', ...more });

  const builder = ({ imports = [], ...rest }: ModuleMetadata, more?: CachexOptions): TestingModuleBuilder =>
    Test.createTestingModule({ imports: [CachexModule.forRoot(options(more)), ...imports], ...rest });

  const start = async <T extends { init(): Promise<unknown>; close(): Promise<unknown> }>(
    application: T,
  ): Promise<T> => {
    closing.push(() => application.close());
    await application.init();
    return application;
  };

  return {
    get server() {
      return server;
    },
    /** Called after the test. */
    closing: (close: () => Promise<unknown>) => void closing.push(close),
    options,
    builder,
    start,
    /** Without a transport: only providers. */
    module: async (metadata: ModuleMetadata, more?: CachexOptions) => {
      const module = await start(await builder(metadata, more).compile());
      return { module, cache: module.get(CachexService) };
    },
    /** Listens on a free port; `get` and `post` return what a client sees. */
    http: async (
      platform: 'express' | 'fastify',
      metadata: ModuleMetadata,
      setUp: (app: INestApplication) => void = () => undefined,
      more?: CachexOptions,
    ) => {
      const module = await builder(metadata, more).compile();
      const app =
        platform === 'express' ? module.createNestApplication() : module.createNestApplication(new FastifyAdapter());
      setUp(app);
      await start(app);
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      const request = async (path: string, init?: RequestInit) => {
        const response = await fetch(url + path, init);
        const text = await response.text();
        return {
          status: response.status,
          cached: response.headers.get('x-cache'),
          headers: response.headers,
          text,
          body: jsonOf(text),
        };
      };
      return { app, cache: app.get(CachexService), request };
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
