import { type Cache, CACHE_MANAGER, CacheInterceptor, CacheModule, CacheTTL } from '@nestjs/cache-manager';
import { Controller, Get, Inject, Injectable, UseInterceptors } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { CachexService } from '../../lib/index.js';
import { CachexKeyv } from '../../lib/keyv/index.js';
import { useApplications } from '../decorators/harness.js';
import { keptMs } from '../raw.js';

const apps = useApplications();

@Injectable()
class Rates {
  loads = 0;

  constructor(@Inject(CACHE_MANAGER) readonly cache: Cache) {}

  rate(of: string): Promise<number> {
    return this.cache.wrap(`rate:${of}`, async () => ++this.loads, 60_000);
  }
}

@Controller('pages')
@UseInterceptors(CacheInterceptor)
class PagesController {
  runs = 0;

  @Get('one')
  @CacheTTL(60_000)
  one(): object {
    return { run: ++this.runs };
  }
}

const caching = CacheModule.registerAsync({
  isGlobal: true,
  inject: [CachexService],
  useFactory: (cache: CachexService) => ({ stores: new CachexKeyv(cache), ttl: 30_000 }),
});

describe('@nestjs/cache-manager on CachexKeyv', () => {
  const start = async () => {
    const { module, cache } = await apps.module({ imports: [caching], providers: [Rates] });
    return { rates: module.get(Rates), manager: module.get<Cache>(CACHE_MANAGER), cache };
  };

  it('reads, writes and deletes, one and many', async () => {
    const { manager } = await start();
    await manager.set('a', { b: 1 });
    await manager.mset([
      { key: 'c', value: 2 },
      { key: 'd', value: 3, ttl: 1000 },
    ]);
    expect(await manager.get('a')).toEqual({ b: 1 });
    expect(await manager.mget(['a', 'none', 'd'])).toEqual([{ b: 1 }, undefined, 3]);
    await manager.del('a');
    await manager.mdel(['c', 'd']);
    expect(await manager.mget(['a', 'c', 'd'])).toEqual([undefined, undefined, undefined]);
  });

  it('counts ttl in milliseconds, and uses the module’s by default', async () => {
    const { manager, cache } = await start();
    await manager.set('given', 1, 90_000);
    await manager.set('none', 1);
    const keyv = cache.withVersion('keyv');
    expect(await keptMs(keyv, ':given')).toBeGreaterThan(60_000);
    expect(await keptMs(keyv, ':given')).toBeLessThanOrEqual(90_000);
    expect(await keptMs(keyv, ':none')).toBeLessThanOrEqual(30_000);
    expect(Math.round(((await manager.ttl('given')) ?? 0) / 100_000_000)).toBe(Math.round(Date.now() / 100_000_000));
  });

  it('wraps a function, over processes', async () => {
    const [one, other] = [await start(), await start()];
    expect([await one.rates.rate('eur'), await one.rates.rate('eur'), await other.rates.rate('eur')]).toEqual([
      1, 1, 1,
    ]);
    expect(other.rates.loads).toBe(0);
  });

  it('clears its own entries, no others', async () => {
    const { manager, cache } = await start();
    await manager.set('mine', 1);
    await cache.set('yours', 2);
    await manager.clear();
    expect([await manager.get('mine'), await cache.get('yours')]).toEqual([undefined, 2]);
  });

  it.each(['express', 'fastify'] as const)('answers a route by CacheInterceptor, on %s', async (platform) => {
    const { request, cache } = await apps.http(platform, { imports: [caching], controllers: [PagesController] });
    expect((await request('/pages/one')).body).toEqual({ run: 1 });
    await expect.poll(async () => cache.hasKey(':/pages/one', { version: 'keyv' })).toBe(true);
    expect((await request('/pages/one')).body).toEqual({ run: 1 });
  });

  it('leaves the connections to the cache when the application closes', async () => {
    const { module, cache } = await apps.module({ imports: [caching], providers: [Rates] });
    await module.get<Cache>(CACHE_MANAGER).set('key', 1);
    await module.close();
    await expect(cache.get('key')).rejects.toThrow('closed');
  });
});
