import { Controller, Get, Injectable, Param, Post } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Cacheable, fromContext, Idempotent, RateLimit, RateLimitError } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

@Injectable()
class Mails {
  sent = 0;

  @RateLimit({ key: (user: string) => user, limit: 2, window: '1m' })
  async send(_user: string): Promise<number> {
    return ++this.sent;
  }

  @RateLimit({ key: (user: string) => user, limit: 2, window: '1m', name: 'mails' })
  async remind(_user: string): Promise<string> {
    return 'reminded';
  }

  @RateLimit({ key: (user: string) => user, limit: 2, window: '1m', name: 'mails' })
  async welcome(_user: string): Promise<string> {
    return 'welcomed';
  }
}

@Controller('limits')
class LimitsController {
  runs = 0;

  @Get('one/:id')
  @RateLimit({ key: '{params.id}', limit: 1, window: '90s', name: 'on"e é' })
  async one(@Param('id') _id: string): Promise<string> {
    return 'done';
  }

  @Post('two/:id')
  @RateLimit({ key: 'all', limit: 3, window: '1m', name: 'all' })
  @Idempotent({ timeout: '1m' })
  @RateLimit({ key: '{params.id}', limit: 2, window: '1m', name: 'each' })
  async two(@Param('id') id: string): Promise<string> {
    return id;
  }

  @Get('above/:id')
  @RateLimit({
    key: fromContext((context) => context.switchToHttp().getRequest<{ url: string }>().url),
    limit: 2,
    window: '1m',
  })
  @Cacheable({ key: 'above:{params.id}' })
  async above(@Param('id') id: string): Promise<object> {
    return { id, run: ++this.runs };
  }

  @Get('below/:id')
  @Cacheable({ key: 'below:{params.id}' })
  @RateLimit({ key: '{params.id}', limit: 1, window: '1m' })
  async below(@Param('id') id: string): Promise<object> {
    return { id, run: ++this.runs };
  }
}

describe('@RateLimit on a provider', () => {
  it('refuses a call beyond the limit with the time to wait, and runs nothing', async () => {
    const { module } = await apps.module({ providers: [Mails] });
    const mails = module.get(Mails);
    await mails.send('ada');
    await mails.send('ada');
    const error = await mails.send('ada').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ code: 'CACHEX_RATE_LIMIT', retryAfter: expect.any(Number) });
    expect((error as RateLimitError).retryAfter).toBeGreaterThan(0);
    expect((error as RateLimitError).message).toMatch(
      /^Mails\.send allows 2 calls at a time: try again in \d+ s\. See /,
    );
    expect(mails.sent).toBe(2);
    expect(await mails.send('bob')).toBe(3);
  });

  it('counts methods of one name together', async () => {
    const { module } = await apps.module({ providers: [Mails] });
    const mails = module.get(Mails);
    await mails.remind('ada');
    await mails.welcome('ada');
    await expect(mails.remind('ada')).rejects.toThrow(RateLimitError);
  });

  it.each([
    ['no key', { limit: 1, window: 1 } as never],
    ['no limit', { key: 'a', window: 1 } as never],
    ['an option that nobody knows', { key: 'a', limit: 1, ttl: 1 } as never],
  ])('refuses %s where it is written', (_, options) => {
    expect(() => RateLimit(options)).toThrow(TypeError);
  });
});

describe.each(['express', 'fastify'] as const)('@RateLimit on a handler of %s', (platform) => {
  it('answers 429, with the fields of the draft', async () => {
    const { request } = await apps.http(platform, { controllers: [LimitsController] });
    const first = await request('/limits/one/a');
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-policy')).toBe(String.raw`"on\"e ?";q=1;w=90`);
    expect(first.headers.get('ratelimit')).toBe(String.raw`"on\"e ?";r=0;t=90`);
    expect(first.headers.get('retry-after')).toBeNull();
    const second = await request('/limits/one/a');
    expect(second.status).toBe(429);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(60);
    expect((await request('/limits/one/b')).status).toBe(200);
  });

  it('lists the fields of several limits, of which none is repeated later', async () => {
    const { request } = await apps.http(platform, { controllers: [LimitsController] });
    const post = (id: string) => request(`/limits/two/${id}`, { method: 'POST', headers: { 'idempotency-key': id } });
    const { headers } = await post('a');
    expect(headers.get('ratelimit-policy')).toBe('"all";q=3;w=60, "each";q=2;w=60');
    expect(headers.get('ratelimit')).toBe('"all";r=2;t=60, "each";r=1;t=60');
    expect((await post('a')).headers.get('ratelimit')).toMatch(/^"all";r=1;t=\d+$/);
  });

  it('counts hits of a cache below it, but not of one above it', async () => {
    const { request } = await apps.http(platform, { controllers: [LimitsController] });
    const statuses = async (path: string) => {
      const seen = [];
      for (let call = 0; call < 3; call++) seen.push((await request(path)).status);
      return seen;
    };
    expect(await statuses('/limits/above/a')).toEqual([200, 200, 429]);
    expect(await statuses('/limits/below/a')).toEqual([200, 200, 200]);
  });
});
