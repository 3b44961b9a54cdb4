import { Controller, Get, HttpCode, Logger, Param, Post, Redirect, Res } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Cacheable, CachePut } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

afterEach(() => {
  vi.restoreAllMocks();
});

interface Reply {
  status(code: number): unknown;
}

@Controller()
class Pages {
  @Get('by-key/:status')
  @Cacheable({ key: 'page:{params.status}', grace: '1h' })
  async byKey(@Param('status') status: string, @Res({ passthrough: true }) reply: Reply): Promise<object> {
    await new Promise((resolve) => setImmediate(resolve));
    if (status !== 'none') reply.status(Number(status));
    return { status };
  }
  @Post('put/:status')
  @CachePut({ key: 'put:{params.status}' })
  async put(@Param('status') status: string, @Res({ passthrough: true }) reply: Reply): Promise<object> {
    reply.status(Number(status));
    return { status };
  }
  @Get('declared')
  @HttpCode(203)
  @Cacheable()
  async declared(): Promise<string> {
    return 'declared';
  }
  @Post('created')
  @Cacheable({ key: 'created' })
  async created(): Promise<string> {
    return 'created';
  }
  @Get('moved')
  @Redirect('https://example.com/declared', 302)
  @Cacheable()
  async moved(): Promise<object> {
    return { url: 'https://example.com/moved', statusCode: 308 };
  }
}

describe.each(['express', 'fastify'] as const)('the status of an answer (%s)', (platform) => {
  const start = () => apps.http(platform, { controllers: [Pages] });
  const quiet = () => vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);

  it.each([404, 201, 410, 500])('%i, set by the handler, is sent each time and never stored', async (status) => {
    const warn = quiet();
    const { request, cache } = await start();
    for (let i = 0; i < 2; i++) {
      expect(await request(`/by-key/${status}`)).toMatchObject({
        status,
        cached: 'MISS',
        body: { status: `${status}` },
      });
    }
    const together = await Promise.all([1, 2, 3].map(() => request(`/by-key/${status}`)));
    expect(together.map((answer) => answer.status)).toEqual([status, status, status]);
    expect(await cache.keys()).toEqual([]);
    expect(warn.mock.calls.filter(([text]) => String(text).includes('the handler has set its status'))).toHaveLength(1);
  });

  it('of @CachePut keeps the answer out of the cache as well', async () => {
    quiet();
    const { request, cache } = await start();
    expect(await request('/put/202', { method: 'POST' })).toMatchObject({ status: 202 });
    expect(await request('/put/201', { method: 'POST' })).toMatchObject({ status: 201 });
    expect(await cache.keys()).toEqual(['put:201']);
  });

  it('that equals the declared one changes nothing', async () => {
    const { request } = await start();
    for (const path of ['/by-key/200', '/by-key/none']) {
      expect(await request(path)).toMatchObject({ status: 200, cached: 'MISS' });
      expect(await request(path)).toMatchObject({ status: 200, cached: 'HIT' });
    }
  });

  it('that is declared, or given to @Redirect(), is the same on a hit', async () => {
    const { request } = await start();
    for (const cached of ['MISS', 'HIT']) {
      expect(await request('/declared')).toMatchObject({ status: 203, cached, text: 'declared' });
      expect(await request('/created', { method: 'POST' })).toMatchObject({ status: 201, cached, text: 'created' });
      const moved = await request('/moved', { redirect: 'manual' });
      expect(moved).toMatchObject({ status: 308, cached });
      expect(moved.headers.get('location')).toBe('https://example.com/moved');
    }
  });
});
