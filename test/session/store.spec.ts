import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../lib/index.js';
import { CachexSessionStore, type CachexSessionStoreOptions } from '../../lib/session/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { openCache } from '../open-cache.js';

/** The store with promises instead of callbacks. */
function promised(store: CachexSessionStore) {
  return {
    get: promisify((sid: string, done: (error: unknown, session?: unknown) => void) => store.get(sid, done)),
    set: promisify((sid: string, session: object, done: (error?: unknown) => void) => store.set(sid, session, done)),
    touch: promisify((sid: string, session: object, done: (error?: unknown) => void) =>
      store.touch(sid, session, done),
    ),
    destroy: promisify((sid: string, done: (error?: unknown) => void) => store.destroy(sid, done)),
    all: promisify((done: (error: unknown, sessions?: Record<string, unknown> | null) => void) => store.all(done)),
    length: promisify((done: (error: unknown, length?: number) => void) => store.length(done)),
    clear: promisify((done: (error?: unknown) => void) => store.clear(done)),
  };
}

const inMs = (ms: number): { cookie: { expires: Date } } => ({ cookie: { expires: new Date(Date.now() + ms) } });

onEveryTopology((t) => {
  describe('the store of sessions', () => {
    const open = (options?: CachexSessionStoreOptions) =>
      promised(new CachexSessionStore(t.cache, { version: `session-${t.key()}`.replaceAll(':', ''), ...options }));

    it('returns what JSON keeps of a session, and nothing for a missing one', async () => {
      const store = open();
      const session = { ...inMs(60_000), user: { name: 'Ada' }, at: new Date(0), run: () => 1, none: undefined };
      await store.set('sid', session);
      expect(await store.get('sid')).toEqual(JSON.parse(JSON.stringify(session)));
      expect(await store.get('none')).toBeNull();
    });

    it('accepts objects with a toJSON, and refuses anything without JSON', async () => {
      const store = open();
      await store.set('sid', { ...inMs(60_000), user: { secret: 1, toJSON: () => ({ id: 7 }) } });
      expect(await store.get('sid')).toMatchObject({ user: { id: 7 } });
      await expect(store.set('sid', { big: 1n })).rejects.toThrow(TypeError);
    });

    it('does not restore a destroyed session, by set or by touch, in this process or another', async () => {
      const version = `session-${t.key()}`;
      const [one, other] = [open({ version }), open({ version })];
      await one.set('sid', inMs(60_000));
      await other.get('sid');
      await one.destroy('sid');
      for (const store of [one, other]) {
        await store.set('sid', { ...inMs(60_000), late: true });
        await store.touch('sid', inMs(60_000));
        expect(await store.get('sid')).toBeNull();
      }
    });

    it('does not restore a session that it has destroyed unseen, or while it was being stored', async () => {
      const version = `session-${t.key()}`;
      const [one, other] = [open({ version }), open({ version })];
      await one.set('sid', inMs(60_000));
      await other.destroy('sid');
      await other.set('sid', inMs(60_000));
      expect(await one.get('sid')).toBeNull();
      await Promise.all([one.set('new', inMs(60_000)), one.destroy('new'), one.set('new', inMs(60_000))]);
      expect(await one.get('new')).toBeNull();
    });

    it('ends a session with its cookie', async () => {
      const store = open();
      await store.set('sid', inMs(60_000));
      await store.touch('sid', inMs(-1));
      expect(await store.get('sid')).toBeNull();
      await store.set('over', inMs(-1000));
      expect(await store.get('over')).toBeNull();
    });

    it('lists, counts and destroys its own, no others', async () => {
      const [store, others] = [open({ version: 'listed' }), open({ version: 'others' })];
      await Promise.all([store.set('a', inMs(60_000)), store.set('b*:', inMs(60_000)), others.set('c', inMs(60_000))]);
      expect(await store.length()).toBe(2);
      expect(Object.keys((await store.all())!).toSorted()).toEqual(['a', 'b*:']);
      await store.clear();
      expect([await store.length(), await others.length()]).toEqual([0, 1]);
      await others.clear();
    });
  });
});

describe('CachexSessionStore', () => {
  it.each(['false', ''])('takes a cookie that says %j for one without an end', async (expires) => {
    const cache = await openCache({ connection: 'memory://', timeout: 1, stampede: true });
    const store = promised(new CachexSessionStore(cache, { timeout: '2h' }));
    for (const session of [{ cookie: { expires } }, { cookie: {} }, {}]) {
      await store.set('sid', session);
      expect(await cache.ttl('sid', { version: 'session' })).toBeGreaterThan(7000);
      expect(await cache.ttl('sid', { version: 'session' })).toBeLessThanOrEqual(7200);
    }
    await cache.close();
  });

  it('reports outages even under ignoreExceptions: nobody is logged out by one', async () => {
    const cache = await openCache({ connection: 'memory://', ignoreExceptions: true });
    const store = promised(new CachexSessionStore(cache));
    await store.set('sid', inMs(60_000));
    await cache.close();
    await expect(store.get('sid')).rejects.toThrow(ConnectionError);
    await expect(store.set('sid', inMs(60_000))).rejects.toThrow(ConnectionError);
    await expect(store.destroy('sid')).rejects.toThrow(ConnectionError);
    await expect(store.all()).rejects.toThrow(ConnectionError);
    await expect(store.length()).rejects.toThrow(ConnectionError);
    await expect(store.clear()).rejects.toThrow(ConnectionError);
  });

  it('hides the id of a session from readers of the log', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const store = promised(new CachexSessionStore(cache));
    await cache.set('secret-id', 'no session', { version: 'session', raw: true });
    await expect(store.get('secret-id')).rejects.not.toThrow('secret-id');
    await cache.close();
    for (const call of [store.get, store.destroy])
      await expect(call('secret-id')).rejects.toThrow(/sha256 [0-9a-f]{12}/);
    for (const call of [store.set, store.touch]) {
      await expect(call('secret-id', inMs(60_000))).rejects.toThrow(/sha256 [0-9a-f]{12}/);
      await expect(call('secret-id', inMs(60_000))).rejects.not.toThrow('secret-id');
    }
  });

  it('needs no callback', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const store = new CachexSessionStore(cache);
    store.set('sid', inMs(60_000));
    await expect.poll(() => cache.hasKey('sid', { version: 'session' })).toBe(true);
    store.touch('sid', inMs(90_000));
    store.destroy('sid');
    await expect.poll(() => cache.hasKey('sid', { version: 'session' })).toBe(false);
    await cache.close();
  });

  it('accepts only a cache and valid options', async () => {
    const cache = await openCache({ connection: 'memory://' });
    expect(() => new CachexSessionStore({} as never)).toThrow('CachexSessionStore must be given a CachexService');
    expect(() => new CachexSessionStore(cache, { ttl: 5 } as never)).toThrow('The options of CachexSessionStore');
    expect(() => new CachexSessionStore(cache, { timeout: 0 })).toThrow('timeout must be longer than 0');
    expect(() => new CachexSessionStore(cache, { version: 'a:b' })).toThrow('version');
    await cache.close();
  });
});
