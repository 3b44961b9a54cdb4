import { channel } from 'node:diagnostics_channel';
import { request as ask } from 'node:http';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CachexAdminContext, CachexAdminEvent } from '../../lib/admin/index.js';
import { type Admin, type AdminSetup, change, openAdmin } from './open-admin.js';

const caches = '/api/caches';
const entry = `${caches}/default/entry`;
const keys = `${caches}/default/keys`;
const open: CanActivate = { canActivate: () => true };

let admin: Admin | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await admin?.app.close();
  admin = undefined;
});
const start = async (setup: AdminSetup): Promise<Admin> => (admin = await openAdmin(setup));

/** The status of a request with another `Host`. */
function statusFor(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = ask(`${url}/cachex`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.once('error', reject).end();
  });
}

describe('rights', () => {
  it('are checked with the tenant of the keys, and without one for keys without a tenant', async () => {
    const asked: unknown[] = [];
    const { get, post, cache } = await start({
      cache: { scope: () => undefined },
      can: (action, { scope, key }) => {
        asked.push([action, scope, key]);
        return action === 'view' || action === 'read' ? scope !== 'secret' : scope === 'acme';
      },
    });
    for (const scope of ['acme', 'other', 'secret']) {
      await cache.withScope(scope).set('k', scope, { tags: ['t'] });
      await cache.withScope(scope).hset('h', 'f', scope);
    }
    await cache.unscoped().set('shared', 1);
    expect((await get(caches)).body.caches).toMatchObject([{ hasScopes: true }]);
    const keysIn = async (query: Record<string, string>) =>
      ((await get(keys, { pattern: '*', ...query })).body.keys as { key: string }[] | undefined)?.map(({ key }) => key);
    expect(await keysIn({})).toEqual(['shared']);
    expect(await keysIn({ scope: 'acme' })).toEqual(['h', 'k']);
    expect(await keysIn({ scope: 'secret' })).toBeUndefined();
    expect((await get(entry, { key: 'k', scope: 'secret' })).status).toBe(403);
    expect((await get(`${keys}/sample`, { pattern: '*', scope: 'secret' })).status).toBe(403);
    const { body } = await get(entry, { key: 'k', scope: 'other' });
    expect(body).toMatchObject({ wireKey: ':scope:other:1:k', tags: ['t'], value: { text: '"other"' } });

    asked.length = 0;
    const { digest } = (await get(entry, { key: 'k', scope: 'acme' })).body;
    const edit = { key: 'k', value: 'edited', digest };
    expect((await post(`${entry}/value`, { ...edit, scope: 'other' })).status).toBe(403);
    expect((await post(`${entry}/value`, { ...edit, scope: 'acme' })).status).toBe(200);
    expect(asked).toEqual([
      ['view', 'acme', 'k'],
      ['read', 'acme', 'k'],
      ['edit', 'other', 'k'],
      ['edit', 'acme', 'k'],
    ]);
    expect(await cache.withScope('acme').get('k')).toBe('edited');
    await cache.withScope('acme').invalidateTags(['t']);
    expect(await cache.withScope('acme').get('k')).toBeUndefined();
    expect(await cache.withScope('other').get('k')).toBe('other');
    expect((await post(`${keys}/delete-chosen`, { keys: ['h'], scope: 'other' })).status).toBe(403);
    expect((await post(`${keys}/delete-chosen`, { keys: ['h'], scope: 'acme' })).body).toEqual({ deleted: 1 });
    expect((await post(`${caches}/default/clear`, { confirm: 'default', scope: 'acme' })).body).toEqual({ deleted: 1 });
    expect(await cache.withScope('other').keys()).toHaveLength(2);
    expect((await get(keys, { pattern: '*', scope: '' })).body.keys).toEqual([]);
  });

  it('are checked for each action and cache, and shown on the page', async () => {
    const asked: [string, Omit<CachexAdminContext, 'request'>][] = [];
    const { get, post, cache } = await start({
      named: { secret: { keyPrefix: 'secret' } },
      can: async (action, { request, ...context }) => {
        asked.push([action, context]);
        const { headers } = request as { headers: Record<string, string> };
        return (
          context.cache !== 'secret' && (action !== 'delete' || (headers.role === 'root' && context.key !== 'kept'))
        );
      },
    });
    const { body } = await get(caches);
    expect(body.caches).toMatchObject([
      { name: 'default', rights: { view: true, edit: true, delete: false, flush: false } },
    ]);
    expect((body.caches as unknown[]).length).toBe(1);
    for (const path of [`${caches}/secret`, `${caches}/secret/keys?pattern=*`, `${caches}/secret/entry?key=a`]) {
      expect([path, (await get(path)).status]).toEqual([path, 403]);
    }
    await cache.set('a', 1);
    asked.length = 0;
    const refused = await post(`${entry}/delete`, { key: 'a', version: '1' });
    expect([refused.status, refused.body.message]).toEqual([403, 'You may not delete keys in the cache "default"']);
    expect(asked).toEqual([['delete', { cache: 'default', key: 'a', version: '1', action: 'delete' }]]);
    const root = { ...change, role: 'root' };
    await cache.set('kept', 1);
    expect((await post(`${entry}/delete`, { key: 'kept' }, root)).status).toBe(403);
    expect((await post(`${entry}/delete`, { key: 'a' }, root)).status).toBe(200);
    expect(await cache.keys()).toEqual(['kept']);
  });

  it.each([undefined, 'yes', 1, null])('are refused by anything but true: %s', async (answer) => {
    const { get } = await start({ can: () => answer as never });
    expect((await get(`${caches}/default`)).status).toBe(403);
  });

  it('do not include flushing unless it is switched on', async () => {
    const { get, post } = await start({});
    const refused = await post(`${caches}/default/flush`, { confirm: 'default' });
    expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('flush: true')]);
    expect((await get(caches)).body.caches).toMatchObject([{ rights: { clear: true, flush: false } }]);
  });

  it('allow only reading on a read-only page', async () => {
    const { get, post } = await start({ readOnly: true, flush: true });
    const [{ rights }] = (await get(caches)).body.caches as [{ rights: Record<string, boolean> }];
    expect(Object.entries(rights).filter(([, is]) => is)).toEqual([
      ['view', true],
      ['read', true],
      ['export', true],
    ]);
    const changes: [string, object][] = [
      [`${entry}/create`, { key: 'k', value: 1 }],
      [`${entry}/value`, { key: 'k', value: 1, digest: '' }],
      [`${entry}/expiry`, { key: 'k', timeout: 1 }],
      [`${entry}/delete`, { key: 'k' }],
      [`${entry}/items/put`, { key: 'k', type: 'set', value: 1 }],
      [`${entry}/items/remove`, { key: 'k', type: 'set', value: 1 }],
      [`${keys}/delete`, { pattern: 'a' }],
      [`${keys}/delete-chosen`, { keys: [] }],
      [`${caches}/default/tags/invalidate`, { tag: 't' }],
      [`${caches}/default/locks/release`, { kind: 'lock', version: '1', name: 'l', token: 'a:1:1' }],
      [
        `${caches}/default/streams/claim`,
        { key: 's', group: 'g', consumer: 'c', entries: [{ id: '1-1', owner: 'o', idleMs: 0 }] },
      ],
      [`${caches}/default/streams/replay`, { key: 's', ids: ['1-1'] }],
      [`${caches}/default/limits/reset`, { algorithm: 'gcra', version: '1', name: 'l', id: 'i' }],
      [`${caches}/default/clear`, { confirm: 'default' }],
      [`${caches}/default/flush`, { confirm: 'default' }],
    ];
    for (const [path, body] of changes) expect([path, (await post(path, body)).status]).toEqual([path, 403]);
  });
});

describe('the audit', () => {
  it('reports every change on channel, log and hook: who, what, when, and the outcome', async () => {
    const told: CachexAdminEvent[] = [];
    const heard: unknown[] = [];
    const hear = (event: unknown): unknown => heard.push(event);
    channel('nest-cachex:admin').subscribe(hear);
    onTestFinished(() => {
      channel('nest-cachex:admin').unsubscribe(hear);
    });
    const lines = vi.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    const { get, post, cache } = await start({
      can: (action) => action !== 'clear',
      audit: async (event) => void told.push(event),
    });
    const basic = { ...change, authorization: `Basic ${btoa('ada:secret')}` };
    await cache.set('a', 1);
    await get(entry, { key: 'a' });
    await get(keys, { pattern: '*' });
    expect(told).toEqual([]);
    await post(`${entry}/create`, { key: 'b\n[Nest] forged', value: 'private' }, basic);
    await post(`${entry}/delete`, { key: 'nothing' });
    await post(`${caches}/default/clear`, { confirm: 'default' });
    await post(`${keys}/delete-chosen`, { keys: ['a', 'c'] });
    await post(`${keys}/delete`, { pattern: 'b*', type: 'string' });
    expect(told).toEqual([
      expect.objectContaining({ action: 'create', key: 'b\n[Nest] forged', user: 'ada', outcome: 'done' }),
      expect.objectContaining({
        action: 'delete',
        key: 'nothing',
        outcome: 'failed',
        error: expect.stringMatching(/no key/),
      }),
      expect.objectContaining({ action: 'clear', outcome: 'refused', error: expect.stringMatching(/may not/) }),
      expect.objectContaining({ action: 'deleteMany', keys: ['a', 'c'], outcome: 'done', deleted: 1 }),
      expect.objectContaining({ action: 'deleteMany', pattern: 'b*', type: 'string', outcome: 'done', deleted: 1 }),
    ]);
    expect(heard).toEqual(told);
    for (const event of told) {
      expect(event).toMatchObject({ cache: 'default', at: expect.any(Date) });
      expect(JSON.stringify(event)).not.toMatch(/private|secret/);
    }
    const written = lines.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(' in cache '));
    expect(written).toHaveLength(5);
    for (const line of written) expect(line).not.toContain('\n');
  });

  it('names the user that the application names, and keeps the change if the hook fails', async () => {
    const errors = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const users: (string | undefined)[] = [];
    const signIn: CanActivate = {
      canActivate: (context: ExecutionContext) => {
        Object.assign(context.switchToHttp().getRequest<object>(), { user: { id: 7, email: 'ada@example.com' } });
        return true;
      },
    };
    const { post, cache } = await start({
      guards: [signIn],
      audit: ({ user }) => {
        users.push(user);
        throw new Error('the audit log is full');
      },
    });
    expect((await post(`${entry}/create`, { key: 'k', value: 1 })).status).toBe(200);
    expect(await cache.get('k')).toBe(1);
    expect(users).toEqual(['ada@example.com']);
    expect(errors.mock.calls.flat().join()).toContain('the audit log is full');
  });
});

describe.each(['express', 'fastify'] as const)('hosts on %s', (platform) => {
  it('without guards allow only names of this machine', async () => {
    const { url } = await start({ platform });
    for (const host of ['localhost:3000', '127.0.0.1', '[::1]:80', 'app.localhost', 'LOCALHOST']) {
      expect([host, await statusFor(url, host)]).toEqual([host, 200]);
    }
    for (const host of ['evil.example:3000', 'localhost.evil.example', '10.0.0.1', '127.0.0.1.evil.example', 'a@b']) {
      expect([host, await statusFor(url, host)]).toEqual([host, 403]);
    }
  });

  it('follow the option, if given; with guards any name', async () => {
    const named = await start({ platform, hosts: ['ops.example.com'] });
    expect(await statusFor(named.url, 'OPS.example.com:8080')).toBe(200);
    expect(await statusFor(named.url, 'localhost')).toBe(403);
    await named.app.close();
    const guarded = await start({ platform, guards: [open] });
    expect(await statusFor(guarded.url, 'ops.example.com')).toBe(200);
  });
});
