import { Controller, Get, type INestApplication, Logger, Res, ServiceUnavailableException } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cacheable, type CachexOptions } from '../../lib/index.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { useApplications } from './harness.js';

interface Reply {
  status(code: number): unknown;
}

let runs = 0;
let isDatabaseAway = false;

@Controller()
class Shop {
  @Get('products')
  @Cacheable({ key: 'products', timeout: '10m', grace: '1h', http: { visibility: 'public', maxAge: '1m' } })
  async products(): Promise<object> {
    runs++;
    if (isDatabaseAway) throw new ServiceUnavailableException();
    return { list: [1, 2] };
  }

  @Get('numbered')
  @Cacheable({ key: 'numbered', timeout: '10m', http: { etag: ({ run }: { run: number }) => `run-${run}` } })
  async numbered(): Promise<{ run: number }> {
    return { run: ++runs };
  }

  @Get('none')
  @Cacheable({ key: 'none', http: { statuses: [404] } })
  async none(@Res({ passthrough: true }) reply: Reply): Promise<object> {
    runs++;
    reply.status(404);
    return { list: [] };
  }
}

const kept = 'public, max-age=60, stale-while-revalidate=3600, stale-if-error=3600';

describe.each(['express', 'fastify'] as const)('@Cacheable http while Redis is away (%s)', (platform) => {
  const apps = useApplications();
  let server: RedisServer;
  beforeEach(async () => {
    runs = 0;
    isDatabaseAway = false;
    vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    vi.spyOn(Logger.prototype, 'log').mockReturnValue();
    server = await startServer({ engine: 'redis' });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await server.stop();
  });

  const serve = (more: CachexOptions = {}, setUp?: (app: INestApplication) => void) =>
    apps.http(platform, { controllers: [Shop] }, setUp, {
      connection: { url: server.url, commandTimeout: '1s' },
      ...more,
    });

  it.each<CachexOptions>([{}, { ignoreExceptions: true }])(
    'has the handler answer, with the same tag and headers as ever (%o)',
    async (more) => {
      const { request } = await serve(more);
      const before = await request('/products');
      await server.stop();
      for (const run of [2, 3]) {
        const { status, body, headers, cached } = await request('/products');
        expect([status, cached, runs]).toEqual([200, 'MISS', run]);
        expect(body).toEqual({ list: [1, 2] });
        expect(headers.get('etag')).toBe(before.headers.get('etag'));
        expect(headers.get('cache-control')).toBe(kept);
        expect(headers.get('age')).toBeNull();
      }
    },
  );

  it('answers 304 to the handler’s result if the client has it already', async () => {
    const { request } = await serve();
    const etag = (await request('/products')).headers.get('etag')!;
    await server.stop();
    const known = await request('/products', { headers: { 'if-none-match': etag } });
    expect([known.status, known.text, runs]).toEqual([304, '', 2]);
    expect(known.headers.get('etag')).toBe(etag);
    expect(known.headers.get('cache-control')).toBe(kept);
    const other = await request('/numbered', { headers: { 'if-none-match': etag } });
    expect([other.status, other.body, other.headers.get('etag')]).toEqual([200, { run: 3 }, '"run-3"']);
    expect((await request('/none')).status).toBe(404);
  });

  it('answers from a local copy, with 304 and without the handler', async () => {
    const { request } = await serve({ tracking: { coherence: 'ttl', timeout: '10m' } });
    const etag = (await request('/products')).headers.get('etag')!;
    expect((await request('/products')).cached).toBe('HIT');
    await server.stop();
    const hit = await request('/products');
    expect([hit.status, hit.cached, hit.body]).toEqual([200, 'HIT', { list: [1, 2] }]);
    expect(hit.headers.get('age')).toMatch(/^\d+$/);
    const known = await request('/products', { headers: { 'if-none-match': etag } });
    expect([known.status, known.cached, runs]).toEqual([304, 'HIT', 1]);
  });

  it('fails with the database, and then sends no freshness', async () => {
    const { request } = await serve();
    await request('/products');
    await server.stop();
    isDatabaseAway = true;
    const { status, headers } = await request('/products');
    expect(status).toBe(503);
    expect(headers.get('cache-control')).toBeNull();
    expect(headers.get('etag') ?? '').not.toMatch(/^"/);
  });

  it('waits no longer than commandTimeout for a server that hangs, and stores again when it is back', async () => {
    const { request, cache } = await serve();
    await request('/numbered');
    server.pause();
    try {
      const { status, body } = await request('/numbered', { signal: AbortSignal.timeout(20_000) });
      expect([status, body]).toEqual([200, { run: 2 }]);
    } finally {
      server.resume();
    }
    await cache.delete('numbered');
    await vi.waitFor(async () => {
      await request('/numbered');
      expect((await request('/numbered')).cached).toBe('HIT');
    }, 10_000);
  });
});
