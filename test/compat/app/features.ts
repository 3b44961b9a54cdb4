import 'reflect-metadata';
import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Cacheable,
  cachexConfig,
  CachexModule,
  CachexService,
  getCachexToken,
  StreamConsumer,
  WithLock,
} from 'nest-cachex';
import { CachexAdminModule } from 'nest-cachex/admin';
import { CachexHealthIndicator, CachexHealthModule } from 'nest-cachex/health';
import { CachexMetricsModule } from 'nest-cachex/metrics';
import { CachexInstrumentation } from 'nest-cachex/opentelemetry';
import { CachexTesting } from 'nest-cachex/testing';
import { register } from 'prom-client';

/*
 * Uses every feature that depends on the runtime or the compiler. Injected tokens are explicit, because some compilers
 * emit no parameter types. Exits with 1 if a feature fails, and names it.
 */

const stored = { at: new Date(0), ids: new Map([['a', 1n]]), bytes: new Float64Array([0.5]) };
const text = 'a text that a compressor makes shorter '.repeat(50);
let sent: (order: string) => void;
const order = new Promise<string>((resolve) => (sent = resolve));

@Injectable()
class Shop {
  private runs = 0;

  @Cacheable({ key: 'price', timeout: '1m' })
  price(): Promise<number> {
    return Promise.resolve(++this.runs);
  }

  @WithLock({ key: 'stock', blockingTimeout: '5s' })
  takeStock(): Promise<string> {
    return Promise.resolve('taken');
  }

  @WithLock({ key: 'stock', blockingTimeout: '5s', cache: 'memory' })
  takeStockHere(): Promise<string> {
    return Promise.resolve('taken');
  }

  @StreamConsumer({ stream: 'orders', group: 'mail' })
  confirm({ fields }: { fields: { order: string } }): Promise<void> {
    sent(fields.order);
    return Promise.resolve();
  }
}

@Controller('price')
class PriceController {
  private runs = 0;

  @Get()
  @Cacheable({ timeout: '1m' })
  read(): Promise<{ runs: number }> {
    return Promise.resolve({ runs: ++this.runs });
  }
}

class Everybody {
  canActivate(): boolean {
    return true;
  }
}

const names = ['memory', 'v8', 'zlib', 'lz4', 'zstd'] as const;

@Module({
  imports: [
    CachexModule.forRootAsync(cachexConfig.asProvider()),
    CachexModule.forRoot({ name: 'memory' }),
    CachexModule.forRoot({ name: 'v8', serializer: 'v8' }),
    CachexModule.forRoot({ name: 'zlib', compressor: 'zlib' }),
    CachexModule.forRoot({ name: 'lz4', compressor: 'lz4' }),
    CachexModule.forRoot({ name: 'zstd', compressor: 'zstd' }),
    CachexAdminModule.forRoot({ guards: [Everybody] }),
    CachexHealthModule,
    CachexMetricsModule.forRoot(),
  ],
  controllers: [PriceController],
  providers: [Shop],
})
class AppModule {
  constructor(@Inject(CachexService) readonly cache: CachexService) {}
}

const spans: string[] = [];
const span = { setStatus() {}, setAttribute() {}, setAttributes() {}, recordException() {}, end() {} };
const instrumentation = new CachexInstrumentation();
instrumentation.setTracerProvider({
  getTracer: () => ({ startSpan: (name: string) => (spans.push(name), span) }),
} as never);
instrumentation.enable();

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'fatal'] });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}/${path}`);
  const { cache } = app.get(AppModule);
  await cache.clear();

  const features: Record<string, () => Promise<void>> = {
    'a cached route': async () => {
      const answers = [await ask('price'), await ask('price')];
      deepStrictEqual(
        answers.map(({ headers }) => headers.get('x-cache')),
        ['MISS', 'HIT'],
      );
      deepStrictEqual(await answers[1]?.json(), { runs: 1 });
    },
    'a cached method': async () => {
      const shop = app.get(Shop);
      deepStrictEqual([await shop.price(), await shop.price()], [1, 1]);
    },
    values: async () => {
      await cache.set('values', stored);
      deepStrictEqual(await cache.get('values'), stored);
    },
    pipelines: async () => {
      deepStrictEqual(await cache.pipeline().set('a', 1).get('a').incr('a').execute(), [true, 1, 2]);
    },
    locks: async () => strictEqual(await app.get(Shop).takeStock(), 'taken'),
    'locks of the embedded engine': async () => strictEqual(await app.get(Shop).takeStockHere(), 'taken'),
    'a consumer of a stream': async () => {
      await cache.xadd('orders', { order: '7' });
      strictEqual(await order, '7');
    },
    'the admin page': async () => {
      match(await (await ask('cachex/')).text(), /<!doctype html>/);
    },
    health: async () => {
      strictEqual((await app.get(CachexHealthIndicator).isHealthy('redis'))['redis']?.status, 'up');
    },
    metrics: async () => {
      match(await register.metrics(), /cachex_command_duration_seconds_count\{[^}]*command="GET"[^}]*\} [1-9]/);
    },
    spans: async () => {
      await cache.get('values');
      strictEqual(spans.includes('GET'), true);
    },
    'the testing pool': async () => {
      const testing = new CachexTesting();
      testing.clock.advance('5m');
      strictEqual(testing.clock.now() > Date.now(), true);
    },
  };
  for (const name of names) {
    features[`the cache "${name}"`] = async () => {
      const named = app.get<CachexService>(getCachexToken(name));
      await named.set('values', { ...stored, text });
      deepStrictEqual(await named.get('values'), { ...stored, text });
    };
  }

  for (const [feature, run] of Object.entries(features)) {
    try {
      await run();
    } catch (error) {
      console.error(`${feature}: ${error instanceof Error ? error.stack : String(error)}`);
      process.exitCode = 1;
    }
  }
  await app.close();
  console.log(process.exitCode ? 'not all features work' : 'all features work');
}

void main();
