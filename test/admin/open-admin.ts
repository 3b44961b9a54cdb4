import type { Server } from 'node:http';
import { type DynamicModule, type INestApplication, Module, type ModuleMetadata } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { CachexAdminModule, type CachexAdminModuleOptions } from '../../lib/admin/index.js';
import { CachexModule, type CachexOptions, CachexService, getCachexToken } from '../../lib/index.js';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** An application with the page. */
export interface Admin {
  readonly app: INestApplication;
  /** The application's port. */
  readonly url: string;
  readonly cache: CachexService;
  cacheNamed(name: string): CachexService;
  /** A path below the page's path, with an encoded query. */
  get(path: string, query?: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface AdminSetup extends CachexAdminModuleOptions {
  readonly cache?: CachexOptions;
  readonly named?: Readonly<Record<string, CachexOptions>>;
  readonly platform?: 'express' | 'fastify';
  /** Replaces `forRoot`. */
  readonly admin?: DynamicModule;
  readonly module?: ModuleMetadata;
  /** Called before the application listens. */
  readonly configure?: (app: INestApplication) => void;
  /** The expected path of the page. */
  readonly at?: string;
}

/** The header that the page sends with each change. */
export const change = { 'x-cachex-admin': '1', 'content-type': 'application/json' };

const platforms = { express: () => undefined, fastify: () => new FastifyAdapter() };

export async function openAdmin(setup: AdminSetup = {}): Promise<Admin> {
  const { cache = {}, named = {}, platform = 'express', admin, module, configure, at = '/cachex', ...options } = setup;
  @Module(module ?? {})
  class Host {}
  const imports = [
    CachexModule.forRoot(cache),
    ...Object.entries(named).map(([name, each]) => CachexModule.forRoot({ ...each, name })),
    admin ?? CachexAdminModule.forRoot(options),
    Host,
  ];
  const compiled = await Test.createTestingModule({ imports })
    .setLogger(false as never)
    .compile();
  const adapter = platforms[platform]() as AbstractHttpAdapter | undefined;
  const app = adapter
    ? compiled.createNestApplication(adapter, { logger: false })
    : compiled.createNestApplication({ logger: false });
  configure?.(app);
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  const url = await app.getUrl();
  // A client whose next request meets the end of an idle connection fails.
  (app.getHttpServer() as Server).keepAliveTimeout = 120_000;
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url + at + path, { redirect: 'manual', ...init });
    const text = await response.text();
    return {
      status: response.status,
      body: read(text, response.headers.get('content-type') ?? ''),
      headers: response.headers,
    };
  };
  return {
    app,
    url,
    cache: app.get(CachexService),
    cacheNamed: (name) => app.get<CachexService>(getCachexToken(name)),
    get: (path, query = {}, headers = {}) => {
      const search = new URLSearchParams(query).toString();
      return call(search ? `${path}?${search}` : path, { headers });
    },
    post: (path, body, headers = change) => call(path, { method: 'POST', headers, body: JSON.stringify(body) }),
  };
}

/** The lines of an answer; returns the last one. */
function read(text: string, type: string): Answer['body'] {
  const json = type.includes('ndjson') ? text.trim().split('\n').at(-1)! : text;
  return (type.includes('json') ? JSON.parse(json) : { text }) as Answer['body'];
}
