import { type EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CachexAdminEvent } from '../../lib/admin/index.js';
import { CachexService } from '../../lib/index.js';
import { type Admin, change, openAdmin } from './open-admin.js';

const keys = '/api/caches/default/keys';

describe.each(['express', 'fastify'] as const)('many keys on %s', (platform) => {
  let admin: Admin;
  const told: CachexAdminEvent[] = [];
  const ends = new EventTarget();
  beforeAll(async () => {
    admin = await openAdmin({
      platform,
      audit: (event) => {
        told.push(event);
        ends.dispatchEvent(new Event('end'));
      },
    });
  });
  afterAll(() => admin.app.close());
  beforeEach(async () => {
    await admin.cache.flushDb();
    told.length = 0;
  });

  const fill = (count: number, name = 'k'): Promise<unknown> =>
    admin.cache.setMany(Array.from({ length: count }, (_, index) => [`${name}:${index}`, index] as const));

  it('deletes only keys of the type, as the sample says', async () => {
    await fill(3);
    await admin.cache.sadd('k:set', 1);
    await admin.cache.xadd('k:stream', { a: 1 });
    const match = { pattern: 'k:*', type: 'stream' };
    expect((await admin.get(`${keys}/sample`, match)).body).toEqual({
      count: 1,
      isComplete: true,
      sample: ['k:stream'],
      mustConfirm: false,
    });
    expect((await admin.post(`${keys}/delete`, match)).body).toEqual({ deleted: 1, isDone: true });
    expect((await admin.cache.keys()).length).toBe(4);
    expect((await admin.post(`${keys}/delete`, { ...match, type: 'json' })).status).toBe(400);
  });

  it.each(['*', '**', ''])('matched by "%s" are deleted only after the pattern is typed again', async (pattern) => {
    await fill(3);
    expect((await admin.get(`${keys}/sample`, { pattern })).body).toMatchObject({ mustConfirm: true });
    for (const confirm of [undefined, 'default', 'k:*']) {
      const refused = await admin.post(`${keys}/delete`, { pattern, confirm });
      expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('confirm')]);
    }
    expect((await admin.cache.keys()).length).toBe(3);
  });

  it('needs confirmation for more than a thousand keys', async () => {
    await fill(1001);
    await fill(1000, 'few');
    expect((await admin.get(`${keys}/sample`, { pattern: 'k:*' })).body).toMatchObject({
      count: 1001,
      mustConfirm: true,
    });
    expect((await admin.post(`${keys}/delete`, { pattern: 'k:*' })).status).toBe(400);
    expect((await admin.post(`${keys}/delete`, { pattern: 'k:*', confirm: 'k:*' })).body.deleted).toBe(1001);
    expect((await admin.post(`${keys}/delete`, { pattern: 'few:*' })).body.deleted).toBe(1000);
  });

  it('stops when the client leaves', async () => {
    await fill(100_000);
    // Delays each step, as a busy server would: the deletion must not end before it is cancelled.
    const { deleteMany } = CachexService.prototype;
    const slow = vi.spyOn(CachexService.prototype, 'deleteMany').mockImplementation(async function (
      this: CachexService,
      ...args
    ) {
      await delay(20);
      return deleteMany.apply(this, args);
    });
    onTestFinished(() => slow.mockRestore());
    const ended = once(ends, 'end');
    const stop = new AbortController();
    const response = await fetch(`${admin.url}/cachex${keys}/delete`, {
      method: 'POST',
      headers: change,
      body: JSON.stringify({ pattern: 'k:*', confirm: 'k:*' }),
      signal: stop.signal,
    });
    const reader = response.body!.getReader();
    const first = await reader.read();
    expect(new TextDecoder().decode(first.value)).toMatch(/^\{"deleted":\d+\}\n/);
    stop.abort();
    await ended;
    const { outcome, deleted = 0 } = told[0]!;
    expect(outcome).toBe('cancelled');
    expect(deleted).toBeGreaterThan(0);
    const left = (await admin.cache.keys()).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBe(100_000 - deleted);
  });

  it('deletes nothing if the client leaves before it begins', async () => {
    await fill(3);
    const { scan } = CachexService.prototype;
    const stop = new AbortController();
    const requested = once(admin.app.getHttpServer() as EventEmitter, 'request') as Promise<[unknown, ServerResponse]>;
    const counting = vi.spyOn(CachexService.prototype, 'scan').mockImplementation(async function (
      this: CachexService,
      ...args
    ) {
      const [, response] = await requested;
      if (!response.destroyed) {
        const closed = once(response, 'close');
        stop.abort();
        await closed;
      }
      return scan.apply(this, args);
    });
    onTestFinished(() => counting.mockRestore());
    const ended = once(ends, 'end');
    const sent = fetch(`${admin.url}/cachex${keys}/delete`, {
      method: 'POST',
      headers: change,
      body: JSON.stringify({ pattern: 'k:*' }),
      signal: stop.signal,
    });
    await expect(sent).rejects.toThrow();
    await ended;
    expect(told).toMatchObject([{ action: 'deleteMany', outcome: 'cancelled', deleted: 0 }]);
    expect((await admin.cache.keys()).length).toBe(3);
  });

  it('deletes only the chosen keys', async () => {
    await fill(5);
    const odd = 'ä\n"*';
    await admin.cache.set(odd, 1);
    expect((await admin.post(`${keys}/delete-chosen`, { keys: ['k:1', 'k:3', odd, 'gone'] })).body).toEqual({
      deleted: 3,
    });
    expect(new Set(await admin.cache.keys())).toEqual(new Set(['k:0', 'k:2', 'k:4']));
    for (const wrong of [undefined, 'k:0', [1], Array.from({ length: 1001 }, () => 'k')]) {
      expect((await admin.post(`${keys}/delete-chosen`, { keys: wrong })).status).toBe(400);
    }
    expect((await admin.post(`${keys}/delete-chosen`, { keys: [] })).body).toEqual({ deleted: 0 });
  });
});
