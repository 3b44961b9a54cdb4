import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CachexModule,
  CachexService,
  ConnectionError,
  getCachexToken,
  getConnectionPoolToken,
  ReadOnlyError,
} from '../../lib/index.js';
import { CachexTesting, CachexTestingModule, type CachexTestingOptions } from '../../lib/testing/index.js';

@Injectable()
class Users {
  constructor(readonly cache: CachexService) {}

  name(id: number): Promise<string | undefined> {
    return this.cache.get<string>(`user:${id}`);
  }
}

let app: TestingModule;
afterEach(() => app.close());

async function open(options?: CachexTestingOptions) {
  app = await Test.createTestingModule({
    imports: [CachexTestingModule.forRoot(options)],
    providers: [Users],
  }).compile();
  await app.init();
  return { users: app.get(Users), cache: app.get(CachexService), testing: app.get(CachexTesting) };
}

describe('CachexTestingModule', () => {
  it('provides a service without a server', async () => {
    const { users, cache } = await open({ keyPrefix: 'app' });
    await cache.set('user:1', 'Ada');
    expect(await users.name(1)).toBe('Ada');
  });

  it('gives every test separate data', async () => {
    const { cache } = await open();
    expect(await cache.keys()).toEqual([]);
    await cache.set('left', 'over');
  });

  it('gives every test separate data, again', async () => {
    const { cache } = await open();
    expect(await cache.keys()).toEqual([]);
  });

  it('has a clock that stands still until it is advanced', async () => {
    const { cache, testing } = await open();
    await cache.set('key', 1, '5m');
    expect(await cache.pttl('key')).toBe(300_000);
    testing.clock.advance('4m 59s');
    expect(await cache.ttl('key')).toBe(1);
    testing.clock.advance(1);
    expect(await cache.get('key')).toBeUndefined();
    expect(() => testing.clock.advance('soon')).toThrow(TypeError);
    expect(() => testing.clock.advance(null as unknown as number)).toThrow(TypeError);
  });

  it('has a clock that leases and grace follow as well', async () => {
    const { cache, testing } = await open();
    const lock = cache.lock('stock', { timeout: '10s' });
    await lock.acquire();
    testing.clock.advance('9s');
    expect(await lock.owned()).toBe(true);
    testing.clock.advance('1s');
    expect(await lock.owned()).toBe(false);

    const fail = (): never => {
      throw new Error('no database');
    };
    const read = (factory: () => string) => cache.getOrSet('rate', factory, { timeout: '1m', grace: '1h' });
    expect(await read(() => 'made')).toBe('made');
    testing.clock.advance('30m');
    expect(await cache.get('rate')).toBeUndefined();
    expect(await read(fail)).toBe('made');
    testing.clock.advance('1h');
    await expect(read(fail)).rejects.toThrow('no database');
  });

  it('seeds values that never expire', async () => {
    const { users, cache, testing } = await open();
    await testing.seed(cache, { 'user:1': 'Ada', 'user:2': 'Grace' });
    expect(testing.commands).toEqual([]);
    testing.clock.advance('52w');
    expect(await users.name(2)).toBe('Grace');
  });

  it('records the sent commands', async () => {
    const { users, cache, testing } = await open({ keyPrefix: 'app' });
    await users.name(1);
    await cache.pipeline({ transaction: true }).incr('a').incr('b').execute();
    expect(testing.commands).toEqual([
      { name: 'GET', args: ['app:1:user:1'] },
      { name: 'INCRBY', args: ['app:1:a', '1'] },
      { name: 'INCRBY', args: ['app:1:b', '1'] },
    ]);
    testing.forget();
    expect(testing.commands).toEqual([]);
  });

  it('makes the next calls fail, as if the server were away or with a given error', async () => {
    const { users, cache, testing } = await open();
    testing.failNext(2);
    await expect(users.name(1)).rejects.toThrow(ConnectionError);
    await expect(cache.pipeline().get('a').get('b').execute()).rejects.toThrow(ConnectionError);
    expect(await users.name(1)).toBeUndefined();
    testing.failNext(1, new ReadOnlyError('a replica'));
    await expect(cache.set('a', 1)).rejects.toThrow(ReadOnlyError);
    testing.failNext(5);
    testing.heal();
    expect(await cache.set('a', 1)).toBe(true);
    expect(() => testing.failNext(0)).toThrow(TypeError);
  });

  it('shows what an application gets under ignoreExceptions', async () => {
    const { users, cache, testing } = await open({ ignoreExceptions: true });
    await testing.seed(cache, { 'user:1': 'Ada' });
    testing.failNext();
    expect(await users.name(1)).toBeUndefined();
    expect(await users.name(1)).toBe('Ada');
  });

  it('delays the answers to the next calls', async () => {
    const { cache, testing } = await open();
    await cache.set('a', 1);
    testing.delayNext('20ms');
    const order: string[] = [];
    await Promise.all([
      cache.get('a').then(() => order.push('delayed')),
      cache.get('a').then(() => order.push('at once')),
    ]);
    expect(order).toEqual(['at once', 'delayed']);
  });

  it('accepts a name, like CachexModule', async () => {
    app = await Test.createTestingModule({ imports: [CachexTestingModule.forRoot({ name: 'sessions' })] }).compile();
    expect(await app.get<CachexService>(getCachexToken('sessions'), { strict: false }).set('a', 1)).toBe(true);
  });
});

describe('CachexTesting', () => {
  @Module({
    imports: [CachexModule.forRoot({ connection: 'redis://cache.example.com', keyPrefix: 'app' })],
    providers: [Users],
  })
  class AppModule {}

  it('replaces the connections of an unchanged application', async () => {
    const testing = new CachexTesting();
    app = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(getConnectionPoolToken())
      .useValue(testing.pool)
      .compile();
    await app.init();
    const cache = app.get(CachexService);
    await cache.set('user:1', 'Ada');
    expect(await app.get(Users).name(1)).toBe('Ada');
    expect(testing.commands.at(-1)).toEqual({ name: 'GET', args: ['app:1:user:1'] });
  });
});
