import { inspect } from 'node:util';
import { Inject, Injectable, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { LazyModuleLoader } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  cachexConfig,
  CachexModule,
  type CachexOptions,
  type CachexOptionsFactory,
  CachexService,
  ConfigError,
  type ConnectionPool,
  getCachexToken,
  getConnectionPoolToken,
  InjectCachex,
} from '../../lib/index.js';
import { leftOf } from '../left-of.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

let server: RedisServer;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await startServer({ engine: 'redis' });
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(() => server.stop());

/** Connections of other clients than the one that asks. */
async function connections(): Promise<number> {
  return (await server.cli('CLIENT', 'LIST', 'TYPE', 'normal')).trim().split('\n').length - 1;
}

async function start(...imports: Parameters<typeof Test.createTestingModule>[0]['imports'] & object) {
  const app = await Test.createTestingModule({ imports }).compile();
  closing.push(() => app.close());
  return app.init();
}

const options = (keyPrefix: string): CachexOptions => ({ connection: server.url, keyPrefix });

async function expectWorking(cache: CachexService, keyPrefix: string): Promise<void> {
  await cache.set('key', { a: 1 });
  expect(await cache.get('key')).toEqual({ a: 1 });
  expect(cache.makeKey('key')).toBe(`${keyPrefix}:1:key`);
  expect(await cache.getClient().exists(cache.makeKey('key'))).toBe(1);
}

@Injectable()
class Options implements CachexOptionsFactory {
  async createCachexOptions(): Promise<CachexOptions> {
    return options('from-class');
  }
}

@Module({ providers: [Options], exports: [Options] })
class OptionsModule {}

describe('CachexModule', () => {
  it('forRoot provides a service that is injected by type', async () => {
    @Injectable()
    class Users {
      constructor(readonly cache: CachexService) {}
    }
    @Module({ providers: [Users] })
    class UsersModule {}
    const app = await start(CachexModule.forRoot(options('root')), UsersModule);
    await expectWorking(app.get(Users, { strict: false }).cache, 'root');
  });

  it('forRoot without options is the embedded engine', async () => {
    const cache = (await start(CachexModule.forRoot())).get(CachexService);
    expect(await cache.set('key', 1)).toBe(true);
    expect(() => cache.getClient()).toThrow('embedded engine');
  });

  it.each([
    ['useFactory', () => CachexModule.forRootAsync({ useFactory: async () => options('factory') }), 'factory'],
    ['useClass', () => CachexModule.forRootAsync({ useClass: Options }), 'from-class'],
    ['useExisting', () => CachexModule.forRootAsync({ imports: [OptionsModule], useExisting: Options }), 'from-class'],
    [
      'inject',
      () =>
        CachexModule.forRootAsync({
          imports: [ConfigModule.forRoot({ load: [() => ({ prefix: 'injected' })], ignoreEnvFile: true })],
          inject: [ConfigService],
          useFactory: (config: ConfigService) => options(config.getOrThrow('prefix')),
        }),
      'injected',
    ],
    [
      'extraProviders',
      () =>
        CachexModule.forRootAsync({
          extraProviders: [{ provide: 'PREFIX', useValue: 'extra' }],
          inject: ['PREFIX'],
          useFactory: (prefix: string) => options(prefix),
        }),
      'extra',
    ],
  ])('forRootAsync takes %s', async (_, module, keyPrefix) => {
    const app = await start(module());
    await expectWorking(app.get(CachexService), keyPrefix);
  });

  it('forRootAsync accepts the options of CACHEX_* variables', async () => {
    process.env.CACHEX_URL = server.url;
    process.env.CACHEX_KEY_PREFIX = 'env';
    process.env.CACHEX_TIMEOUT = '2m';
    try {
      const app = await start(CachexModule.forRootAsync(cachexConfig.asProvider()));
      await expectWorking(app.get(CachexService), 'env');
      expect(await app.get(CachexService).ttl('key')).toEqual(leftOf(120));
    } finally {
      for (const name of ['CACHEX_URL', 'CACHEX_KEY_PREFIX', 'CACHEX_TIMEOUT']) delete process.env[name];
    }
  });

  it('refuses missing options, a missing factory, and a missing name', () => {
    expect(() => CachexModule.forRootAsync({})).toThrow(ConfigError);
    expect(() => CachexModule.forRootAsync(undefined as never)).toThrow(ConfigError);
    expect(() => CachexModule.forRoot('redis://h' as CachexOptions)).toThrow(/^CachexModule.forRoot takes an object/);
    expect(() => CachexModule.forRoot({ name: '' })).toThrow(/^name must be a non-empty string/);
    expect(() => CachexModule.forRoot({ isGlobal: 'false' as never })).toThrow(/^isGlobal must be true or false/);
  });

  it.each(['useClass', 'useExisting'])('names the class of %s that makes no options', async (way) => {
    class Nothing {}
    @Module({ providers: [Nothing], exports: [Nothing] })
    class NothingModule {}
    const module = CachexModule.forRootAsync({ imports: [NothingModule], [way]: Nothing });
    await expect(start(module)).rejects.toThrow(
      /^Nothing makes no options of CachexModule: it has no createCachexOptions/,
    );
  });

  it.each(['redis://:hunter2@h', { host: 'h', password: 'hunter2' }])(
    'shows no password where it is printed',
    (connection) => {
      const module = CachexModule.forRoot({ connection, keyPrefix: 'shop' });
      for (const text of [inspect(module, { depth: 20 }), JSON.stringify(module)]) {
        expect(text).toContain('shop');
        expect(text).not.toContain('hunter2');
      }
    },
  );

  it('holds instances side by side, by name', async () => {
    @Injectable()
    class Both {
      constructor(
        @InjectCachex() readonly main: CachexService,
        @InjectCachex('sessions') readonly sessions: CachexService,
        @Inject(getConnectionPoolToken('sessions')) readonly pool: ConnectionPool,
      ) {}
    }
    @Module({ providers: [Both] })
    class BothModule {}
    const app = await start(
      CachexModule.forRoot(options('main')),
      CachexModule.forRoot({ ...options('sessions'), name: 'sessions' }),
      BothModule,
    );
    const both = app.get(Both, { strict: false });
    await expectWorking(both.main, 'main');
    await expectWorking(both.sessions, 'sessions');
    expect(app.get(getCachexToken('sessions'), { strict: false })).toBe(both.sessions);
    expect(getCachexToken()).toBe(CachexService);
    expect(both.pool.client('write')).toBe(both.sessions.getClient());
  });

  it.each([
    ['without a name', {}],
    ['under one name', { name: 'sessions' }],
  ])('refuses two instances %s, before anything is connected', async (_, extras) => {
    const twice = [1, 2].map((number) => CachexModule.forRoot({ ...options(`prefix-${number}`), ...extras }));
    await expect(start(...twice)).rejects.toThrow(/twice/);
    await waitFor(async () => (await connections()) === 0, { what: 'the connections of earlier tests to be closed' });
  });

  it('refuses two instances, one of which comes from a derived class of the module', async () => {
    @Module({})
    class SessionsModule extends CachexModule {}
    const twice = [CachexModule.forRoot(options('main')), SessionsModule.forRoot(options('sessions'))];
    await expect(start(...twice)).rejects.toThrow(/twice without a name/);
  });

  it('lets a module provide a substitute of its own', async () => {
    @Module({ providers: [{ provide: CachexService, useValue: { get: async () => 'from the substitute' } }] })
    class IsolatedModule {}
    const app = await start(CachexModule.forRoot(options('beside')), IsolatedModule);
    expect(await app.select(IsolatedModule).get(CachexService, { strict: true }).get('key')).toBe(
      'from the substitute',
    );
  });

  describe('one of which could have keys of the other', () => {
    const cache = (name: string, keyPrefix: string, more: CachexOptions = {}) =>
      CachexModule.forRoot({ name, ...options(keyPrefix), ...more });

    it.each<[string, CachexOptions, string, CachexOptions]>([
      ['shop', {}, 'shop:1', {}],
      ['shop:1:eu', {}, 'shop', {}],
      ['shop', { version: 'eu' }, 'shop:eu', {}],
      ['', {}, ':1', {}],
    ])('are refused: %j %j beside %j %j', async (prefix, more, other, otherMore) => {
      const started = start(cache('a', prefix, more), cache('b', other, otherMore));
      await expect(started).rejects.toThrow(ConfigError);
      await expect(started).rejects.toThrow('keys of one could be keys of the other');
    });

    it.each<[string, CachexOptions, string, CachexOptions]>([
      ['shop', {}, 'shop:2', {}],
      ['shop', {}, 'shop1', {}],
      ['shop', {}, 'shop:10', {}],
      ['shop', {}, 'shop', { version: 2 }],
      ['shop', {}, 'shop:1', { connection: 'memory://elsewhere' }],
      ['shop', { connection: 'memory://' }, 'shop:1', { connection: 'memory://' }],
    ])('start where that cannot be: %j %j beside %j %j', async (prefix, more, other, otherMore) => {
      await expect(start(cache('a', prefix, more), cache('b', other, otherMore))).resolves.toBeDefined();
    });
  });

  it('one module imported in two places is one instance', async () => {
    const shared = CachexModule.forRoot(options('shared'));
    @Module({ imports: [shared] })
    class First {}
    @Module({ imports: [shared] })
    class Second {}
    const app = await start(First, Second);
    await expectWorking(app.get(CachexService), 'shared');
  });

  it('is global unless told otherwise', async () => {
    @Injectable()
    class Users {
      constructor(readonly cache: CachexService) {}
    }
    @Module({ providers: [Users] })
    class UsersModule {}
    await expect(start(CachexModule.forRoot({ ...options('local'), isGlobal: false }), UsersModule)).rejects.toThrow(
      /CachexService/,
    );
    @Module({ imports: [CachexModule.forRoot({ ...options('local'), isGlobal: false })], providers: [Users] })
    class ImportingModule {}
    const app = await start(ImportingModule);
    await expectWorking(app.get(Users, { strict: false }).cache, 'local');
  });

  it('refuses wrong options at start, all of them in one error', async () => {
    const wrong = {
      connection: { type: 'sentinel', name: 'main', sentinels: [] },
      timeout: '5 bananas',
      keyPrefx: 'typo',
    } as unknown as CachexOptions;
    const error = await start(CachexModule.forRoot(wrong)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as Error;
    expect(message).toContain('connection.sentinels must contain at least 1 elements');
    expect(message).toContain('timeout');
    expect(message).toContain('keyPrefx should not exist');
    const named = start(CachexModule.forRoot({ ...wrong, name: 'sessions' }));
    await expect(named).rejects.toThrow(/^The options of CachexModule "sessions" are not valid:\n/);
  });

  it('can be overridden in a test', async () => {
    const fake = { get: async () => 'fake' };
    const app = await Test.createTestingModule({ imports: [CachexModule.forRoot(options('real'))] })
      .overrideProvider(getCachexToken())
      .useValue(fake)
      .compile();
    closing.push(() => app.close());
    expect(await app.get(CachexService).get('any')).toBe('fake');
  });

  it('closes its connections when the application shuts down', async () => {
    const app = await Test.createTestingModule({
      imports: [CachexModule.forRoot(options('closing')), CachexModule.forRoot({ ...options('b'), name: 'b' })],
    }).compile();
    await app.init();
    const cache = app.get(CachexService);
    await cache.set('key', 1);
    const underWay = cache.get('key');
    await app.close();
    expect(await underWay).toBe(1);
    await expect(cache.get('key')).rejects.toMatchObject({ code: 'CACHEX_CONNECTION' });
    await waitFor(async () => (await connections()) === 0, { what: 'the connections to be closed' });
  });

  it('closes those of modules that were loaded lazily, too', async () => {
    @Module({ imports: [CachexModule.forRoot({ ...options('lazy'), name: 'lazy' })] })
    class Lazy {}
    const app = await start(CachexModule.forRoot());
    const lazy = await app.get(LazyModuleLoader).load(() => Lazy);
    const cache = lazy.get<CachexService>(getCachexToken('lazy'), { strict: false });
    expect(await cache.set('key', 1)).toBe(true);
    await app.close();
    await waitFor(async () => (await connections()) === 0, { what: 'the connections to be closed' });
  });
});
