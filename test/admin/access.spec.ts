import {
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  ValidationPipe,
  VersioningType,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { map, of } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CachexAdminModule, type CachexAdminModuleOptions } from '../../lib/admin/index.js';
import { CachexModule, ConfigError } from '../../lib/index.js';
import { type Admin, type AdminSetup, change, openAdmin } from './open-admin.js';

@Injectable()
class Tokens {
  readonly valid = 'let-me-in';
}

/** A guard with a dependency that a module exports. */
@Injectable()
class TokenGuard implements CanActivate {
  constructor(private readonly tokens: Tokens) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    return headers.authorization === this.tokens.valid;
  }
}

const letIn = { authorization: 'let-me-in' };
const tokens = { module: class TokensModule {}, providers: [Tokens], exports: [Tokens] };
const open = { canActivate: () => true };

describe('CachexAdminModule', () => {
  let admin: Admin | undefined;
  afterEach(async () => {
    vi.unstubAllEnvs();
    await admin?.app.close();
    admin = undefined;
  });
  const start = async (setup: AdminSetup): Promise<Admin> => (admin = await openAdmin(setup));

  describe.each(['express', 'fastify'] as const)('on %s', (platform) => {
    it('asks its guards for the page and for all of its requests', async () => {
      const { get, post } = await start({ platform, flush: true, guards: [TokenGuard], imports: [tokens] });
      const paths = ['', '/page/main.js', '/api/caches', '/api/caches/default', '/api/caches/default/keys?pattern=*'];
      for (const path of paths) {
        const refused = await get(path);
        expect([path, refused.status]).toEqual([path, 403]);
        expect(refused.headers.get('x-frame-options')).toBe('DENY');
        expect([path, (await get(path, {}, letIn)).status]).toEqual([path, 200]);
      }
      const flush = '/api/caches/default/flush';
      expect((await post(flush, { confirm: 'default' })).status).toBe(403);
      expect((await post(flush, { confirm: 'default' }, { ...change, ...letIn })).status).toBe(200);
    });

    it('follows its path, the global prefix and versions', async () => {
      const { get, post, cache } = await start({
        platform,
        path: '/ops/cache/',
        at: '/api/ops/cache',
        configure: (app) => {
          app.setGlobalPrefix('api');
          app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
        },
      });
      const page = await get('');
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
      const script = await get('/page/main.js');
      expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
      expect((await get('/page/page.css')).status).toBe(404);
      expect((await get('/page/..%2Findex.js')).status).toBe(404);
      expect(await cache.set('a', 1)).toBe(true);
      expect((await post('/api/caches/default/entry/delete', { key: 'a' })).body).toEqual({ done: true });
    });

    it('ignores the application’s interceptors and pipes', async () => {
      const envelope: NestInterceptor = {
        intercept: (_: ExecutionContext, next: CallHandler) => next.handle().pipe(map((data: unknown) => ({ data }))),
      };
      const { get, post, cache } = await start({
        platform,
        configure: (app) => {
          app.useGlobalInterceptors(envelope);
          const conversions = { enableImplicitConversion: true };
          app.useGlobalPipes(
            new ValidationPipe({
              whitelist: true,
              forbidNonWhitelisted: true,
              transform: true,
              transformOptions: conversions,
            }),
          );
        },
      });
      expect((await get('/api/caches')).body).toMatchObject({ readOnly: false, caches: [{ name: 'default' }] });
      expect((await get('')).body.text).toContain('<!doctype html>');
      await cache.set('k', 'before');
      const value = { list: [1, { deep: null }], text: '17' };
      const { digest } = (await get('/api/caches/default/entry', { key: 'k' })).body;
      await post('/api/caches/default/entry/value', { key: 'k', value, digest });
      expect(await cache.get('k')).toEqual(value);
    });

    it('forbids other sites to frame, keep, guess at or load it', async () => {
      const { get } = await start({ platform });
      const page = await get('');
      expect(Object.fromEntries(page.headers)).toMatchObject({
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
      const policy = page.headers.get('content-security-policy')!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      expect((await get('/api/caches')).headers.get('content-security-policy')).toContain("default-src 'none'");
    });
  });

  it('refuses to start in production without a guard, with instructions', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const refused = start({});
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow('CachexAdminModule.forRoot({ guards: [AdminGuard] })');
    await expect(start({ guards: [] })).rejects.toThrow(ConfigError);
    const { get } = await start({ guards: [open] });
    expect((await get('')).status).toBe(200);
  });

  it.each([
    [{ path: '' }, 'path of CachexAdminModule'],
    [{ path: 'ops/:id' }, 'path of CachexAdminModule'],
    [{ path: '../x*' }, 'path of CachexAdminModule'],
    [{ guards: open }, 'guards must be a'],
    [{ guards: [() => true] }, 'guards must be a list of guards'],
    [{ readOnly: 'yes' }, 'readOnly must be a boolean'],
    [{ readonly: true }, 'readonly should not exist'],
    [{ flush: 1 }, 'flush must be a boolean'],
    [{ history: true }, "history must be 'process', 'fleet' or false"],
    [{ history: 'all' }, "history must be 'process', 'fleet' or false"],
    [{ can: true }, 'can must be a function'],
    [{ audit: 'log' }, 'audit must be a function'],
    [{ user: 'me' }, 'user must be a function'],
    [{ hosts: 'localhost' }, 'hosts must be a'],
    [{ hosts: [] }, 'hosts must be a list of host names'],
    [{ hosts: ['http://ops.example.com'] }, 'hosts must be a list of host names'],
    [{ hosts: ['ops.example.com:3000'] }, 'hosts must be a list of host names'],
  ])('refuses the options %j', async (options, message) => {
    const started = (async () => start(options as unknown as CachexAdminModuleOptions))();
    await expect(started).rejects.toThrow(ConfigError);
    await expect((async () => start(options as unknown as CachexAdminModuleOptions))()).rejects.toThrow(message);
  });

  it('accepts instances and observables, which must all agree; a guard provided by the application is reused', async () => {
    const asked: string[] = [];
    @Injectable()
    class Counting implements CanActivate {
      count = 0;
      canActivate(): boolean {
        return (this.count += 1) < 3;
      }
    }
    const { get, app } = await start({
      guards: [{ canActivate: () => of(asked.push('first') > 0) }, Counting],
      module: { providers: [Counting] },
    });
    expect((await get('')).status).toBe(200);
    expect((await get('')).status).toBe(200);
    expect((await get('')).status).toBe(403);
    expect(asked).toHaveLength(3);
    expect(app.get(Counting, { strict: false }).count).toBe(3);
  });

  it('names a guard that cannot be created', async () => {
    await expect(start({ guards: [TokenGuard] })).rejects.toThrow(/cannot create the guard TokenGuard.*imports/s);
  });

  it('accepts options from a factory', async () => {
    const { get, post } = await start({
      at: '/ops',
      admin: CachexAdminModule.forRootAsync({
        path: 'ops',
        imports: [tokens],
        inject: [Tokens],
        useFactory: () => ({ guards: [TokenGuard], readOnly: true }),
      }),
    });
    expect((await get('')).status).toBe(403);
    expect((await get('/api/caches', {}, letIn)).body).toMatchObject({ readOnly: true });
    const refused = await post('/api/caches/default/flush', { confirm: 'default' }, { ...change, ...letIn });
    expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('read-only')]);
    expect(() => CachexAdminModule.forRootAsync({})).toThrow(ConfigError);
  });

  describe('requests of other sites', () => {
    const body = { confirm: 'default' };
    const flush = '/api/caches/default/flush';
    const json = { 'content-type': 'application/json' };

    it('change nothing, whatever a form or a script sends', async () => {
      // The application allows cross-origin requests, and so any header from other sites.
      const { post, get, url } = await start({ flush: true, configure: (app) => app.enableCors() });
      const { host } = new URL(url);
      expect((await post(flush, body, json)).status).toBe(403);
      expect((await post(flush, body, { 'x-cachex-admin': '1', 'content-type': 'text/plain' })).status).toBe(403);
      expect((await post(flush, body, { ...change, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
      expect((await post(flush, body, { ...change, 'sec-fetch-site': 'same-site' })).status).toBe(403);
      expect((await post(flush, body, { ...change, origin: 'http://evil.example' })).status).toBe(403);
      expect((await post(flush, body, { ...change, origin: 'null' })).status).toBe(403);
      expect((await get('/api/caches', {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
      expect((await get('/api/caches', {}, { origin: 'http://evil.example' })).status).toBe(403);
      expect((await post(flush, body, { ...change, origin: `http://${host}` })).status).toBe(200);
      expect((await post(flush, body, { ...change, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    });

    it('may open the page through a link', async () => {
      const { get } = await start({});
      expect((await get('', {}, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).status).toBe(200);
    });
  });

  it('works in another application’s module, under another path', async () => {
    const { get } = await start({ path: 'one', at: '/one' });
    const other = await openAdmin({ path: 'two', at: '/two' });
    expect([(await get('')).status, (await other.get('')).status]).toEqual([200, 200]);
    await other.app.close();
  });

  it('does nothing in an application without HTTP', async () => {
    const imports = [CachexModule.forRoot(), CachexAdminModule.forRoot({ guards: [open] })];
    const context = await Test.createTestingModule({ imports }).compile();
    await expect(context.init()).resolves.toBeDefined();
    await context.close();
  });
});
