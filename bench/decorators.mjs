import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get, Injectable, Module, Param, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cacheable, CachexModule, CachexService } from 'nest-cachex';
import { startLoad } from './http-load.mjs';
import { inTurn, sampleObject } from './measure.mjs';
import { peer } from './peers/index.mjs';
import { pin } from './processors.mjs';

const { CacheInterceptor, CacheModule, CacheTTL } = await peer('@nestjs/cache-manager');
const { createKeyv } = await peer('@keyv/redis');

const value = sampleObject(200);
const query = { text: 'keyboard', page: 3, tags: ['input', 'desk'] };

/** Applies decorators as TypeScript does: plain JavaScript has no syntax for them. */
function decorated(host, methods, ...classDecorators) {
  for (const [name, { method, parameters = [] }] of Object.entries(methods)) {
    parameters.forEach((decorate, index) => decorate(host.prototype, name, index));
    const descriptor = Object.getOwnPropertyDescriptor(host.prototype, name);
    for (const decorate of method.toReversed()) decorate(host.prototype, name, descriptor);
    Object.defineProperty(host.prototype, name, descriptor);
  }
  for (const decorate of classDecorators) decorate(host);
  return host;
}

const Products = decorated(
  class Products {
    async byKey() {
      return value;
    }
    async byArgument() {
      return value;
    }
    async forgotten(number) {
      return number;
    }
  },
  {
    byKey: { method: [Cacheable({ key: (id) => 'product:' + String(id) })] },
    byArgument: { method: [Cacheable()] },
    forgotten: { method: [Cacheable({ unless: () => true })] },
  },
  Injectable(),
);

/** The cost of any interceptor that awaits something. */
class Waiting {
  async intercept(_, next) {
    await Promise.resolve();
    return next.handle();
  }
}

const Routes = decorated(
  class Routes {
    async uncached() {
      return value;
    }
    async intercepted() {
      return value;
    }
    /** A handler that asks a database. */
    async slow() {
      await delay(5);
      return value;
    }
    async cachex() {
      return value;
    }
    async cachexByKey() {
      return value;
    }
    async cacheManager() {
      return value;
    }
  },
  {
    uncached: { method: [Get('uncached/:id')], parameters: [Param('id')] },
    intercepted: { method: [Get('intercepted/:id'), UseInterceptors(Waiting)], parameters: [Param('id')] },
    slow: { method: [Get('slow/:id')], parameters: [Param('id')] },
    cachex: { method: [Get('cachex/:id'), Cacheable()], parameters: [Param('id')] },
    cachexByKey: {
      method: [Get('cachex-by-key/:id'), Cacheable({ key: 'product:{params.id}' })],
      parameters: [Param('id')],
    },
    cacheManager: {
      method: [Get('cache-manager/:id'), UseInterceptors(CacheInterceptor), CacheTTL(300_000)],
      parameters: [Param('id')],
    },
  },
  Controller(),
);

const imports = (url) => [
  CachexModule.forRoot({ connection: url, keyPrefix: 'bench' }),
  CacheModule.register({ stores: [createKeyv(url)] }),
];

/** The CPU time of this process, which does not depend on the load of the machine. */
async function cpuSeconds(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Microseconds per hit, for `cache.get` and `@Cacheable`: one after the other, and with many in flight. */
export async function providerHits(url) {
  const root = decorated(class Root {}, {}, Module({ imports: imports(url), providers: [Products] }));
  const app = await NestFactory.createApplicationContext(root, { logger: false });
  const [cache, products] = [app.get(CachexService), app.get(Products)];
  await cache.set('product:1', value);
  const contenders = {
    get: () => cache.get('product:1'),
    getOrSet: () => cache.getOrSet('product:1', () => value),
    byKey: () => products.byKey('1'),
    byText: () => products.byArgument('1'),
    byObject: () => products.byArgument(query),
  };
  for (const call of Object.values(contenders)) await call();
  const times = async (total, inFlight) => {
    const run = (call) => () =>
      cpuSeconds(async () => {
        for (let sent = 0; sent < total; sent += inFlight) await Promise.all(Array.from({ length: inFlight }, call));
      });
    const seconds = await inTurn(
      Object.fromEntries(Object.entries(contenders).map(([name, call]) => [name, run(call)])),
      7,
    );
    return Object.fromEntries(Object.entries(seconds).map(([name, time]) => [name, (time / total) * 1e6]));
  };
  pin(process.pid, 'beside');
  const sequential = await times(10_000, 1);
  pin(process.pid, 'client');
  const result = { sequential, 'in flight 100': await times(50_000, 100) };
  await app.close();
  return result;
}

/**
 * Microseconds per request: CPU time for a handler that does nothing and for hits of both caches; waiting time (one
 * request after the other) for a handler that asks a database.
 */
export async function routeHits(url) {
  const root = decorated(class Root {}, {}, Module({ imports: imports(url), controllers: [Routes] }));
  const app = await NestFactory.create(root, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  pin(process.pid, 'client');
  const measured = async (connections, count, time) => {
    const load = await startLoad(port, connections);
    const paths = { cachex: 'cachex', cachexByKey: 'cachex-by-key', cacheManager: 'cache-manager' };
    const floors = connections > 1 ? { uncached: 'uncached', intercepted: 'intercepted' } : { slow: 'slow' };
    const contenders = { ...floors, ...paths };
    const run = (path) => () => time(() => load.send(`/${path}/1`, count));
    const seconds = await inTurn(
      Object.fromEntries(Object.entries(contenders).map(([name, path]) => [name, run(path)])),
      7,
    );
    load.stop();
    return Object.fromEntries(Object.entries(seconds).map(([name, taken]) => [name, (taken / count) * 1e6]));
  };
  const result = {
    'HTTP route, 16 connections': await measured(16, 4000, cpuSeconds),
    'HTTP route, one request after the other: waiting': await measured(1, 300, (work) => work()),
  };
  await app.close();
  return result;
}

/** Bytes that remain after a call, over a million calls with different arguments. */
export async function leftBehind(url) {
  const root = decorated(class Root {}, {}, Module({ imports: imports(url), providers: [Products] }));
  const app = await NestFactory.createApplicationContext(root, { logger: false });
  const products = app.get(Products);
  const calls = async (total) => {
    for (let sent = 0; sent < total; sent += 500) {
      await Promise.all(Array.from({ length: 500 }, (_, index) => products.forgotten(sent + index)));
    }
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = await calls(50_000);
  const after = await calls(1_000_000);
  await app.close();
  return (after - before) / 1_000_000;
}
