import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import {
  Controller,
  Get,
  Headers,
  Header,
  HttpCode,
  type INestApplication,
  type NestInterceptor,
  Query,
  Res,
  UseInterceptors,
  VERSION_NEUTRAL,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import { map, tap } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cacheable } from '../../lib/index.js';
import { useApplications } from './harness.js';

interface Reply {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

let runs = 0;
beforeEach(() => {
  runs = 0;
});

/** An interceptor that reads the handler's answer, and would fail without one. */
const watching: NestInterceptor = {
  intercept: (_, next) => next.handle().pipe(tap((value: object) => Object.keys(value))),
};
const wrapping: NestInterceptor = { intercept: (_, next) => next.handle().pipe(map((data: object) => ({ data }))) };
const failing: NestInterceptor = {
  intercept: (_, next) =>
    next.handle().pipe(
      map(() => {
        throw new Error('broken');
      }),
    ),
};

@Controller()
class Shop {
  @Get('list')
  @Cacheable({ key: 'list', timeout: '10m', http: true })
  async list(): Promise<object> {
    return [{ id: 1, run: ++runs }];
  }
  @Get('text')
  @Cacheable({ key: 'text', http: true })
  async text(): Promise<string> {
    return `text ${++runs}`;
  }
  @Get('bytes')
  @Header('Content-Type', 'application/octet-stream')
  @Cacheable({ key: 'bytes', http: true })
  async bytes(): Promise<Buffer> {
    return Buffer.from([0, 255, ++runs]);
  }
  @Get('nothing')
  @Cacheable({ key: 'nothing', http: true })
  async nothing(): Promise<null> {
    runs++;
    return null;
  }
  @Get('boolean')
  @Cacheable({ key: 'boolean', http: true })
  async boolean(): Promise<boolean> {
    runs++;
    return false;
  }
  @Get('empty')
  @HttpCode(204)
  @Cacheable({ key: 'empty', http: true })
  async empty(): Promise<null> {
    runs++;
    return null;
  }
  @Get('status')
  @Cacheable({ key: 'status:{query.is}', http: true })
  async status(@Query('is') is: string, @Res({ passthrough: true }) reply: Reply): Promise<object> {
    reply.status(Number(is));
    return { run: ++runs };
  }
  @Get('gone')
  @Cacheable({ key: 'gone', http: { statuses: [410] } })
  async gone(@Res({ passthrough: true }) reply: Reply): Promise<object> {
    reply.status(410);
    return { run: ++runs };
  }
  @Get('csv')
  @Cacheable({ key: 'csv', http: true })
  async csv(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    reply.header('Content-Type', 'text/csv; charset=utf-8');
    return `a;${++runs}`;
  }
  @Get('watched')
  @UseInterceptors(watching)
  @Cacheable({ key: 'watched', http: true })
  async watched(): Promise<object> {
    return { run: ++runs };
  }
  @Get('wrapped')
  @UseInterceptors(wrapping)
  @Cacheable({ key: 'wrapped', http: true })
  async wrapped(): Promise<object> {
    return { run: ++runs };
  }
  @Get('failing')
  @UseInterceptors(failing)
  @Cacheable({ key: 'failing', timeout: '1h', http: { visibility: 'public' } })
  async failing(): Promise<object> {
    return { run: ++runs };
  }
  @Get('language')
  @Cacheable({ key: 'language', http: { vary: ['Accept-Language'] } })
  async language(@Headers('accept-language') language: string): Promise<object> {
    return { language, run: ++runs };
  }
  @Get('named')
  @Cacheable({ key: 'named', http: { etag: (result: { version: number }) => `v${result.version}` } })
  async named(): Promise<{ version: number }> {
    runs++;
    return { version: 7 };
  }
}

describe.each(['express', 'fastify'] as const)('@Cacheable http on %s', (platform) => {
  const apps = useApplications();
  const serve = (setUp?: (app: INestApplication) => void) => apps.http(platform, { controllers: [Shop] }, setUp);
  const knowing = (tag: string): RequestInit => ({ headers: { 'if-none-match': tag } });

  it('sends a strong tag of the bytes, the same on a miss and on a hit', async () => {
    const { request } = await serve();
    for (const path of ['/list', '/text', '/bytes', '/nothing', '/boolean', '/wrapped', '/csv']) {
      const [miss, hit] = [await request(path), await request(path)];
      expect([path, miss.cached, hit.cached]).toEqual([path, 'MISS', 'HIT']);
      expect(hit.text).toBe(miss.text);
      const tag = hit.headers.get('etag');
      expect(tag).toMatch(/^"[\w-]+"$/);
      expect(miss.headers.get('etag')).toBe(tag);
      expect(hit.headers.get('content-type')).toBe(miss.headers.get('content-type'));
      const type = hit.headers.get('content-type');
      expect(type === 'application/json; charset=utf-8' || !['/list', '/wrapped'].includes(path)).toBe(true);
      const known = await request(path, knowing(tag!));
      expect([path, known.status, known.text]).toEqual([path, 304, '']);
    }
    expect(runs).toBe(7);
    const { headers, text } = await request('/list');
    expect(headers.get('etag')).toBe(`"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`);
  });

  it.each([
    ['alone', (tag: string) => tag],
    ['in a list', (tag: string) => `"other", ${tag}`],
    ['weakened by a proxy', (tag: string) => `W/"other",W/${tag}`],
    ['*', () => '*'],
  ])('answers 304 to who has the tag: %s', async (_, field) => {
    const { request, cache } = await serve();
    const tag = (await request('/list')).headers.get('etag')!;
    const known = await request('/list', knowing(field(tag)));
    expect(known).toMatchObject({ status: 304, cached: 'HIT', text: '' });
    expect(known.headers.get('etag')).toBe(tag);
    expect(known.headers.get('cache-control')).toMatch(/^private, max-age=\d+$/);
    expect(known.headers.get('content-length')).toBeNull();
    expect(await request('/list', knowing('"other"'))).toMatchObject({ status: 200, cached: 'HIT' });
    expect(runs).toBe(1);
    // Evicted, and computed again with the same result.
    await cache.delete('list');
    runs = 0;
    expect(await request('/list', knowing(field(tag)))).toMatchObject({ status: 304, cached: 'MISS', text: '' });
    expect(runs).toBe(1);
  });

  it('does not decode an entry to answer 304', async () => {
    const { request, cache } = await serve();
    const tag = (await request('/list')).headers.get('etag')!;
    const entry = await cache.get<{ json: string }>('list');
    expect(entry).toMatchObject({ json: '[{"id":1,"run":1}]' });
    await cache.set('list', { ...entry, json: '{ no JSON' });
    expect(await request('/list', knowing(tag))).toMatchObject({ status: 304, cached: 'HIT' });
  });

  it('answers HEAD from the entry of GET', async () => {
    const { request } = await serve();
    const get = await request('/list');
    const head = await request('/list', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, cached: 'HIT', text: '' });
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    const known = await request('/list', { method: 'HEAD', ...knowing(get.headers.get('etag')!) });
    expect(known).toMatchObject({ status: 304, cached: 'HIT' });
  });

  it('keeps the status of an entry, and its type', async () => {
    const { request } = await serve();
    for (const cached of ['MISS', 'HIT']) {
      expect(await request('/status?is=203')).toMatchObject({ status: 203, cached, body: { run: 1 } });
      expect((await request('/csv')).headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(await request('/empty')).toMatchObject({ status: 204, cached, text: '' });
      const gone = await request('/gone', knowing('*'));
      expect(gone).toMatchObject({ status: 410, cached });
    }
  });

  it.each([404, 206, 500])('does not store an answer of status %i, nor send its freshness', async (status) => {
    const { request, cache } = await serve();
    for (const run of [1, 2]) {
      const answer = await request(`/status?is=${status}`);
      expect(answer).toMatchObject({ status, cached: 'MISS', body: { run } });
      expect(answer.headers.get('cache-control')).toBeNull();
    }
    expect(await cache.keys()).toEqual([]);
  });

  it('shows interceptors the value, and compares their result', async () => {
    const { request } = await serve();
    for (const path of ['/watched', '/wrapped']) {
      const tag = (await request(path)).headers.get('etag')!;
      expect(await request(path, knowing(tag))).toMatchObject({ status: 304, cached: 'HIT' });
    }
    expect((await request('/wrapped')).body).toEqual({ data: { run: 2 } });
  });

  it('shows interceptors of the application the value', async () => {
    const { request } = await serve((app) => app.useGlobalInterceptors(watching));
    const tag = (await request('/list')).headers.get('etag')!;
    expect(await request('/list', knowing(tag))).toMatchObject({ status: 304, cached: 'HIT' });
  });

  it('leaves an error of an interceptor without tag and time', async () => {
    const { request } = await serve();
    for (const _ of [1, 2]) {
      const { status, headers } = await request('/failing', knowing('*'));
      expect(status).toBe(500);
      expect(headers.get('cache-control')).toBeNull();
      expect(headers.get('age')).toBeNull();
    }
  });

  it('has an entry for each value of the request headers that it varies by', async () => {
    const { request } = await serve();
    const get = (language: string) => request('/language', { headers: { 'accept-language': language } });
    expect(await get('de')).toMatchObject({ cached: 'MISS', body: { language: 'de', run: 1 } });
    expect(await get('en')).toMatchObject({ cached: 'MISS', body: { language: 'en', run: 2 } });
    const again = await get('de');
    expect(again).toMatchObject({ cached: 'HIT', body: { language: 'de', run: 1 } });
    expect(again.headers.get('vary')).toBe('accept-language');
  });

  it('adds to the Vary of others', async () => {
    const { request } = await serve((app) => {
      app.use((_: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
        response.setHeader('Vary', 'Origin');
        next();
      });
    });
    expect((await request('/language')).headers.get('vary')).toBe('Origin, accept-language');
  });

  it.each<[string, VersioningOptions]>([
    ['x-version', { type: VersioningType.HEADER, header: 'X-Version' }],
    ['accept', { type: VersioningType.MEDIA_TYPE, key: 'v=' }],
  ])('varies by %s where that chooses the version of a handler', async (name, versioning) => {
    const { request } = await serve((app) => {
      app.enableVersioning({ ...versioning, defaultVersion: VERSION_NEUTRAL });
    });
    expect((await request('/language')).headers.get('vary')).toBe(`accept-language, ${name}`);
  });

  it('accepts a tag of the application', async () => {
    const { request } = await serve();
    expect((await request('/named')).headers.get('etag')).toBe('"v7"');
    expect(await request('/named', knowing('"v7"'))).toMatchObject({ status: 304, cached: 'HIT' });
    expect(runs).toBe(1);
  });

  it('sends no body with 304 on the wire', async () => {
    const { request, app } = await serve();
    const tag = (await request('/wrapped')).headers.get('etag')!;
    const url = await app.getUrl();
    const raw = await new Promise<{ length: number; type: unknown }>((resolve, reject) => {
      const sent = httpRequest(`${url}/wrapped`, { headers: { 'if-none-match': tag } }, (response) => {
        let length = 0;
        response.on('data', (chunk: Buffer) => (length += chunk.length));
        response.on('end', () => resolve({ length, type: response.headers['content-length'] }));
      });
      sent.on('error', reject).end();
    });
    expect(raw).toEqual({ length: 0, type: undefined });
  });
});
