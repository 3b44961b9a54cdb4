import { describe, expect, it } from 'vitest';
import { useApplications } from '../decorators/harness.js';
import { Browser } from './browser.js';
import { type SessionOptions, ShopController, withSessions } from './shop.js';

const apps = useApplications();

describe.each(['express', 'fastify'] as const)('sessions on %s', (platform) => {
  const start = async (options?: SessionOptions) => {
    const { app, cache } = await apps.http(
      platform,
      { controllers: [ShopController] },
      withSessions(platform, options),
    );
    const url = await app.getUrl();
    return {
      browser: new Browser(url),
      url,
      cache,
      sessions: cache.withVersion('session'),
      shop: app.get(ShopController),
    };
  };
  type Shop = Awaited<ReturnType<typeof start>>;

  /** A request that has read the session, and waits before it ends. */
  const hold = async ({ browser, shop }: Shop, path: string) => {
    const answer = browser.visit(path);
    await expect.poll(() => shop.waiting.length).toBe(1);
    return async () => {
      shop.waiting.pop()!();
      return answer;
    };
  };

  it('stores nothing for a visitor without data', async () => {
    const { browser, sessions } = await start();
    expect((await browser.visit('/me')).body).toEqual({ user: null, visits: 0 });
    expect([await sessions.keys(), browser.cookies.size]).toEqual([[], 0]);
  });

  it('knows who has logged in, under a new id, and forgets who has logged out', async () => {
    const { browser, sessions } = await start();
    await browser.visit('/visit');
    const [before] = await sessions.keys();
    await browser.visit('/login/ada');
    const ids = await sessions.keys();
    expect(ids).toHaveLength(1);
    expect(ids).not.toContain(before);
    expect((await browser.visit('/me')).body).toEqual({ user: 'ada', visits: 0 });
    await browser.visit('/logout');
    expect([(await browser.visit('/me')).body, await sessions.keys()]).toEqual([{ user: null, visits: 0 }, []]);
  });

  it('separates two browsers, and knows one in all processes', async () => {
    const [one, other] = [await start(), await start()];
    await one.browser.visit('/login/ada');
    const second = new Browser(one.url);
    await second.visit('/login/bob');
    expect((await one.browser.visit('/me')).body).toMatchObject({ user: 'ada' });
    expect((await second.at(other.url).visit('/visit')).body).toEqual({ visits: 1 });
    expect((await second.visit('/me')).body).toEqual({ user: 'bob', visits: 1 });
  });

  it.each([
    ['that changes the session', '/slow', {}],
    ['that touches the session', '/slow-read', { rolling: true, resave: true }],
    ['that only reads the session', '/slow-read', {}],
  ])('stays logged out, whatever a request does in another tab %s', async (_, path, options) => {
    const shop = await start({ ...options, maxAge: 60_000 });
    await shop.browser.visit('/login/ada');
    const letGo = await hold(shop, path);
    await shop.browser.at(shop.url).visit('/logout');
    expect((await letGo()).status).toBe(200);
    expect(await shop.sessions.keys()).toEqual([]);
    expect((await shop.browser.visit('/me')).body).toEqual({ user: null, visits: 0 });
  });

  it('keeps sessions as long as their cookies', async () => {
    const { browser, sessions } = await start({ maxAge: 60_000 });
    await browser.visit('/visit');
    const [id] = await sessions.keys();
    expect(await sessions.pttl(id!)).toBeGreaterThan(30_000);
    expect(await sessions.pttl(id!)).toBeLessThanOrEqual(60_000);
    expect(browser.setCookie).toContain('Expires=');
  });

  it('keeps sessions whose cookies end with the browser for a day', async () => {
    const { browser, sessions } = await start();
    await browser.visit('/visit');
    const [id] = await sessions.keys();
    expect(await sessions.ttl(id!)).toBeGreaterThan(86_000);
    expect(await sessions.ttl(id!)).toBeLessThanOrEqual(86_400);
    expect(browser.setCookie).not.toContain('Expires=');
  });

  it('extends a rolling session with each visit', async () => {
    const { browser, sessions } = await start({ maxAge: 60_000, rolling: true });
    await browser.visit('/login/ada');
    const [id] = await sessions.keys();
    await sessions.touch(id!, 20);
    await browser.visit('/me');
    expect(browser.setCookie).toContain('Expires=');
    expect(await sessions.pttl(id!)).toBeGreaterThan(30_000);
  });

  it('starts a new session for a cookie that nobody has signed, or of an expired session', async () => {
    const { browser, sessions } = await start();
    await browser.visit('/login/ada');
    await sessions.clear();
    expect((await browser.visit('/visit')).body).toEqual({ visits: 1 });
    for (const name of browser.cookies.keys()) browser.cookies.set(name, 's%3Aforged.signature');
    expect((await browser.visit('/me')).body).toEqual({ user: null, visits: 0 });
  });

  it("survives the application's clear()", async () => {
    const { browser, cache } = await start();
    await browser.visit('/login/ada');
    await cache.clear();
    expect((await browser.visit('/me')).body).toMatchObject({ user: 'ada' });
  });

  it('answers 500 while Redis is away, and logs nobody out', async () => {
    const { browser, cache } = await start();
    await browser.visit('/login/ada');
    const before = new Map(browser.cookies);
    await cache.close();
    expect((await browser.visit('/me')).status).toBe(500);
    expect(browser.cookies).toEqual(before);
  });
});
