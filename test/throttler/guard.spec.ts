import { Controller, Get, type INestApplication, Post } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { seconds, SkipThrottle, Throttle, ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { describe, expect, it } from 'vitest';
import { CachexService } from '../../lib/index.js';
import { CachexThrottlerStorage } from '../../lib/throttler/index.js';
import { useApplications } from '../decorators/harness.js';

const apps = useApplications();

@Controller('throttled')
class ThrottledController {
  @Get()
  get(): string {
    return 'done';
  }

  @Throttle({ default: { limit: 1, ttl: seconds(60), blockDuration: seconds(90) } })
  @Post('once')
  once(): string {
    return 'done';
  }

  @Throttle({ default: { limit: 1, ttl: seconds(1), blockDuration: seconds(1) } })
  @Get('second')
  second(): string {
    return 'done';
  }

  @Throttle({ default: { limit: 1, ttl: seconds(60), blockDuration: 0 } })
  @Get('unblocked')
  unblocked(): string {
    return 'done';
  }

  @SkipThrottle({ default: true, long: true })
  @Get('skipped')
  skipped(): string {
    return 'done';
  }
}

const throttled = {
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [CachexService],
      useFactory: (cache: CachexService) => ({
        throttlers: [
          { ttl: seconds(60), limit: 2, ignoreUserAgents: [/health-check/] },
          { name: 'long', ttl: seconds(3600), limit: 100 },
        ],
        storage: new CachexThrottlerStorage(cache),
      }),
    }),
  ],
  controllers: [ThrottledController],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
};

describe.each(['express', 'fastify'] as const)('ThrottlerGuard on %s', (platform) => {
  const start = (setUp?: (app: INestApplication) => void) => apps.http(platform, throttled, setUp);

  it('counts down, and refuses with the time to wait', async () => {
    const { request } = await start();
    const answers = [await request('/throttled'), await request('/throttled'), await request('/throttled')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    const [first, second, third] = answers.map(({ headers }) => headers);
    expect(first!.get('x-ratelimit-limit')).toBe('2');
    expect(first!.get('x-ratelimit-remaining')).toBe('1');
    expect(first!.get('x-ratelimit-reset')).toBe('60');
    expect(first!.get('x-ratelimit-remaining-long')).toBe('99');
    expect(second!.get('x-ratelimit-remaining')).toBe('0');
    expect(third!.get('retry-after')).toBe('60');
  });

  it('uses limit, ttl and blockDuration of a route, each route separately', async () => {
    const { request } = await start();
    const once = () => request('/throttled/once', { method: 'POST' });
    expect([(await once()).status, (await once()).status]).toEqual([201, 429]);
    expect((await once()).headers.get('retry-after')).toMatch(/^(90|89)$/);
    expect((await request('/throttled')).status).toBe(200);
  });

  it('refuses under a blockDuration of 0, for which other storages answer 500', async () => {
    const { request } = await start();
    const statuses = [await request('/throttled/unblocked'), await request('/throttled/unblocked')];
    expect(statuses.map(({ status }) => status)).toEqual([200, 429]);
  });

  it('admits a caller again after the announced time', async () => {
    const { request } = await start();
    await request('/throttled/second');
    const { status, headers } = await request('/throttled/second');
    expect([status, headers.get('retry-after')]).toEqual([429, '1']);
    await expect.poll(async () => (await request('/throttled/second')).status).toBe(200);
  });

  it('ignores skipped requests, by route and by user agent', async () => {
    const { request } = await start();
    for (let call = 0; call < 4; call++) {
      expect((await request('/throttled/skipped')).status).toBe(200);
      const probe = await request('/throttled', { headers: { 'user-agent': 'health-check/1' } });
      expect([probe.status, probe.headers.get('x-ratelimit-limit')]).toEqual([200, null]);
    }
  });

  it('counts over all processes', async () => {
    const [one, other] = [await start(), await start()];
    const statuses = [
      await one.request('/throttled'),
      await other.request('/throttled'),
      await one.request('/throttled'),
    ];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
  });
});
