import { Controller, Get, type INestApplication, Injectable, Param, Post, Redirect, Render, Res } from '@nestjs/common';
import { from } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cacheable, type CacheableOptions } from '../../lib/index.js';
import { useApplications } from './harness.js';

interface Reply {
  header(name: string, value: string): unknown;
}

let runs = 0;
/** The slow handler waits for this. */
let gate = Promise.resolve();
beforeEach(() => {
  runs = 0;
  gate = Promise.resolve();
});

@Controller()
class Shop {
  @Get('own')
  @Cacheable({ key: 'own', timeout: '10m', http: true })
  async own(): Promise<object> {
    return { run: ++runs };
  }
  @Get('short')
  @Cacheable({ key: 'short', timeout: '1h', grace: '2h', http: { maxAge: '1m' } })
  async short(): Promise<object> {
    return { run: ++runs };
  }
  @Get('asked')
  @Cacheable({ key: 'asked', timeout: '1h', grace: '2h', http: { visibility: 'public', maxAge: 0 } })
  async asked(): Promise<object> {
    return { run: ++runs };
  }
  @Get('ever')
  @Cacheable({ key: 'ever', timeout: null, http: true })
  async ever(): Promise<object> {
    return { run: ++runs };
  }
  @Get('all/:cookie')
  @Cacheable({ key: 'all:{params.cookie}', timeout: '10m', http: { visibility: 'public' } })
  async all(@Param('cookie') cookie: string, @Res({ passthrough: true }) reply: Reply): Promise<object> {
    if (cookie === 'with') reply.header('Set-Cookie', 'session=1');
    return { run: ++runs };
  }
  @Get('failing')
  @Cacheable({ key: 'failing', timeout: '20ms', grace: '2h', http: true })
  async failing(): Promise<object> {
    if (++runs > 1) throw new Error('the database is away');
    return { run: runs };
  }
  @Get('slow')
  @Cacheable({ key: 'slow', timeout: '20ms', grace: '2h', softTimeout: '1ms', http: true })
  async slow(): Promise<object> {
    const run = ++runs;
    await gate;
    return { run };
  }
  @Get('fresh')
  @Cacheable({
    key: 'fresh',
    http: {
      noCache: (context) =>
        context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-editor'] === 'yes',
    },
  })
  async fresh(): Promise<object> {
    return { run: ++runs };
  }
}

describe.each(['express', 'fastify'] as const)('how long an answer of @Cacheable http counts (%s)', (platform) => {
  const apps = useApplications();
  const serve = (setUp?: (app: INestApplication) => void) => apps.http(platform, { controllers: [Shop] }, setUp);

  it('is the remaining time of the entry, according to its age', async () => {
    const { request, cache } = await serve();
    const miss = await request('/own');
    expect(miss.headers.get('cache-control')).toBe('private, max-age=600');
    expect(miss.headers.get('age')).toBeNull();
    const entry = await cache.get<{ at: number }>('own');
    await cache.set('own', { ...entry, at: Date.now() - 100_000 });
    const hit = await request('/own');
    expect(hit.headers.get('cache-control')).toBe('private, max-age=600');
    expect(hit.headers.get('age')).toMatch(/^10\d$/);
  });

  it('is no longer than maxAge, on a hit too', async () => {
    const { request, cache } = await serve();
    const stale = 'stale-while-revalidate=7200, stale-if-error=7200';
    expect((await request('/short')).headers.get('cache-control')).toBe(`private, max-age=60, ${stale}`);
    const entry = await cache.get<{ at: number }>('short');
    await cache.set('short', { ...entry, at: Date.now() - 100_000 });
    const { headers } = await request('/short');
    // Clients subtract Age from it.
    expect(headers.get('cache-control')).toBe(`private, max-age=${Number(headers.get('age')) + 60}, ${stale}`);
  });

  it('is nothing with a maxAge of 0, and a year for an entry without an end', async () => {
    const { request } = await serve();
    expect((await request('/asked')).headers.get('cache-control')).toBe('public, no-cache');
    expect((await request('/ever')).headers.get('cache-control')).toBe('private, max-age=31536000');
  });

  it('is private if the request is authorized, or the answer sets a cookie', async () => {
    const { request } = await serve();
    const visibility = async (path: string, init?: RequestInit) => {
      const { headers } = await request(path, init);
      return headers.get('cache-control')?.split(',')[0];
    };
    for (let i = 0; i < 2; i++) {
      expect(await visibility('/all/without')).toBe('public');
      expect(await visibility('/all/without', { headers: { authorization: 'Bearer 1' } })).toBe('private');
    }
    expect(await visibility('/all/with')).toBe('private');
  });

  it('is private if a cookie is set late, as sessions do', async () => {
    const { request } = await serve((app) => {
      if (platform === 'fastify') {
        const fastify = app.getHttpAdapter().getInstance() as {
          addHook(name: string, hook: (request: unknown, reply: Reply) => Promise<void>): void;
        };
        fastify.addHook('onSend', async (_, reply) => void reply.header('Set-Cookie', 'session=1'));
        return;
      }
      app.use((_: unknown, response: { writeHead: (...args: unknown[]) => unknown } & Reply, next: () => void) => {
        const { writeHead } = response;
        response.writeHead = (...args) => {
          response.header('Set-Cookie', 'session=1');
          return writeHead.apply(response, args);
        };
        next();
      });
    });
    const { headers } = await request('/all/without');
    expect(headers.get('set-cookie')).toBe('session=1');
    expect(headers.get('cache-control')).toBe('private, max-age=600');
  });

  it('is over for a stale copy, which still has its tag', async () => {
    const { request } = await serve();
    const tag = (await request('/failing')).headers.get('etag')!;
    await expect.poll(async () => (await request('/failing')).cached).toBe('STALE');
    const stale = await request('/failing');
    expect(stale).toMatchObject({ status: 200, body: { run: 1 } });
    expect(stale.headers.get('cache-control')).toBe(
      'private, max-age=0, stale-while-revalidate=7200, stale-if-error=7200',
    );
    expect(await request('/failing', { headers: { 'if-none-match': tag } })).toMatchObject({
      status: 304,
      cached: 'STALE',
    });
  });

  it('does not prevent the storing of a refresh that ends after a 304', async () => {
    const { request } = await serve();
    const tag = (await request('/slow')).headers.get('etag')!;
    let open = () => {};
    gate = new Promise((resolve) => (open = resolve));
    const known = () => request('/slow', { headers: { 'if-none-match': tag } });
    await expect.poll(async () => (await known()).cached).toBe('STALE');
    expect(await known()).toMatchObject({ status: 304, cached: 'STALE' });
    open();
    await expect.poll(async () => (await request('/slow')).body).not.toEqual({ run: 1 });
    expect(await request('/slow')).toMatchObject({ status: 200 });
  });

  it('is refreshed by a no-cache request only if the application allows it', async () => {
    const { request } = await serve();
    const get = async (headers: Record<string, string>) => (await request('/fresh', { headers })).cached;
    expect(await get({})).toBe('MISS');
    expect(await get({ 'cache-control': 'no-cache' })).toBe('HIT');
    expect(await get({ 'x-editor': 'yes' })).toBe('HIT');
    expect(await get({ 'cache-control': 'max-age=0, No-Cache', 'x-editor': 'yes' })).toBe('MISS');
    expect(await get({})).toBe('HIT');
    expect((await request('/own', { headers: { 'cache-control': 'no-cache' } })).cached).toBe('MISS');
    expect((await request('/own', { headers: { 'cache-control': 'no-cache' } })).cached).toBe('HIT');
  });
});

describe('@Cacheable http is refused at start', () => {
  const apps = useApplications();
  const cacheable = (options: CacheableOptions = {}) => Cacheable({ key: 'key', http: true, ...options });

  it('on handlers without a storable HTTP answer', async () => {
    @Injectable()
    class Service {
      @(cacheable() as MethodDecorator)
      async read(): Promise<string> {
        return '';
      }
    }
    await expect(apps.module({ providers: [Service] })).rejects.toThrow(
      '@Cacheable http on Service.read is for handlers of HTTP requests',
    );
    const refused: readonly [MethodDecorator, string][] = [
      [Post('a'), 'is for GET and HEAD'],
      [Redirect('/b') as MethodDecorator, 'does not work with @Redirect()'],
      [Render('page'), 'does not work with @Render()'],
    ];
    for (const [decorator, message] of refused) {
      class Handlers {
        read(): unknown {
          return from(['']);
        }
      }
      const descriptor = Object.getOwnPropertyDescriptor(Handlers.prototype, 'read')!;
      (cacheable() as MethodDecorator)(Handlers.prototype, 'read', descriptor);
      Object.defineProperty(Handlers.prototype, 'read', descriptor);
      if (message.includes('@R')) Get('a')(Handlers.prototype, 'read', descriptor);
      decorator(Handlers.prototype, 'read', descriptor);
      Controller()(Handlers);
      await expect(apps.http('express', { controllers: [Handlers] })).rejects.toThrow(message);
    }
  });

  it.each<[string, CacheableOptions['http']]>([
    ['@Cacheable http visibility', { visibility: 'shared' as 'public' }],
    ['@Cacheable http maxAge', { maxAge: null }],
    ['@Cacheable http maxAge', { maxAge: 'soon' as '1s' }],
    ['@Cacheable http vary', { vary: ['*'] }],
    ['@Cacheable http vary', { vary: ['accept language'] }],
    ['@Cacheable http vary', { vary: 'accept' as unknown as string[] }],
    ['@Cacheable http etag', { etag: 'v1' as unknown as () => string }],
    ['@Cacheable http statuses', { statuses: [304] }],
    ['@Cacheable http noCache', { noCache: true as unknown as () => boolean }],
    ['maxage', { maxage: 5 } as object],
    ['@Cacheable http', 5 as unknown as boolean],
  ])('with options that make no sense: %s', (message, http) => {
    expect(() => Cacheable({ http })).toThrow(message);
  });
});
