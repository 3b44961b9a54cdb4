import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleEngine, bundlePage, readLua } from '../../docs/.vitepress/playground/build.js';
import { violationsOn } from '../browser/axe.js';
import { openBrowser } from '../browser/open-browser.js';

const like = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

/** The output of the examples, in order. */
const said: Readonly<Record<string, readonly string[]>> = {
  'A cached value': [
    'the database is asked',
    '{ id: 42, price: 1200 }',
    '{ id: 42, price: 1200 }',
    'the database is asked',
    '{ id: 42, price: 1200 }',
  ],
  'Six callers, one load': ['6 callers, 1 load'],
  Tags: [
    'before: Map { "user:1" => { name: "Ada" }, "page:home" => "Hello, Ada", "page:about" => "About us" }',
    'after: Map { "page:about" => "About us" }',
  ],
  'A stale copy': ['fresh: { eur: 1.08 }', 'stale: { eur: 1.08 }', 'too old: Error: the rates service is down'],
  'Redis goes away': [
    like(/^A: ConnectionError: GET "rate": no connection to redis:6379 any longer: connect ECONNREFUSED/),
    'B: 1',
    'B: 1.09',
    'A: 1.08',
  ],
  'A lock changes hands': [like(/^B writes/), like(/^A is refused/), 'A still holds it: false'],
  'Local copies': ['from Redis: { eur: 1.08 }', 'from its copy: { eur: 1.08 }', 'changed: { eur: 1.09 }'],
  'A rate limit': [
    'welcome, 2 left',
    'welcome, 1 left',
    'welcome, 0 left',
    'too many: try again in 60 s',
    like(/allowed: true, limit: 3, remaining: 3/),
  ],
  'A stream': [like(/^A takes: Map \{ "orders" => \[\{ id: /), like(/^B takes over: .*order: 7/), 'acknowledged: 1'],
};

let browser: Browser;
let server: Server;
let address: string;

beforeAll(async () => {
  const css = readFile(new URL('../../docs/.vitepress/playground/page/playground.css', import.meta.url));
  const files: Readonly<Record<string, readonly [string, string | Buffer]>> = {
    '/engine.js': ['text/javascript', await bundleEngine()],
    '/page.js': ['text/javascript', await bundlePage()],
    '/lua.wasm': ['application/wasm', await readLua()],
    '/page.css': ['text/css', await css],
  };
  server = createServer(({ url = '' }, response) => {
    const [type, body] = files[url] ?? ['text/html', html];
    response.setHeader('content-type', type).end(body);
  }).listen(0, '127.0.0.1');
  browser = await openBrowser();
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

const html = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Playground</title>
  <link rel="stylesheet" href="/page.css"><link rel="icon" href="data:,"><main><h1>Playground</h1><div id="root"></div></main>
  <script type="module">
    import { mountPlayground } from '/page.js';
    window.patienceMs = 60_000;
    mountPlayground(root, { engine: '/engine.js', lua: '/lua.wasm', get patienceMs() { return window.patienceMs; } });
  </script>`;

async function open(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('pageerror', (error) => expect.unreachable(String(error)));
  await page.goto(address);
  return page;
}

/** The text of the page after the run, or after an action, has ended. */
async function press(page: Page, name: string, role: 'button' | 'switch' = 'button'): Promise<string> {
  await page.getByRole(role, { name, exact: true }).click();
  const status = page.getByRole('status').filter({ hasNotText: 'Running' });
  await status.waitFor();
  return (await status.textContent()) ?? '';
}

async function run(page: Page, code: string): Promise<string> {
  await page.getByLabel('Code').fill(code);
  return press(page, 'Run');
}

const logged = (page: Page): Promise<string[]> => page.locator('tr.log code').allTextContents();

// Each run loads the engine in a new worker.
describe('the examples', { timeout: 90_000 }, () => {
  let page: Page;
  beforeAll(async () => {
    page = await open();
  });
  afterAll(() => page.context().close());

  it.each(Object.entries(said))('%s', async (title, lines) => {
    await page.getByLabel('Example').selectOption(title);
    expect(await press(page, 'Run')).toMatch(/^Done after/);
    expect(await logged(page)).toEqual(lines);
  });

  it('are all there, for everybody, also on a phone', async () => {
    expect(await page.getByLabel('Example').locator('option').allTextContents()).toEqual(Object.keys(said));
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await violationsOn(page)).toEqual([]);
  });
});

describe('the playground', { timeout: 90_000 }, () => {
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  it('keeps its data between runs, without Redis', async () => {
    const page = await open();
    const read = `const a = await start('A'); log(await a.getOrSet('rate', () => 1, '10m'));`;
    await run(page, read);
    const shown = page.locator('.state').getByRole('row', { name: /shop:1:rate/ });
    expect(await shown.textContent()).toMatch(/^shop:1:ratestringin 9 min 59 s$/);

    await press(page, 'Redis', 'switch');
    expect(await page.getByRole('switch').getAttribute('aria-checked')).toBe('false');
    await press(page, 'Run again on these data');
    expect(await page.locator('tr.command.failed').count()).toBeGreaterThan(0);

    await press(page, 'Redis', 'switch');
    await press(page, '+ 10 min');
    expect(
      await page
        .locator('.state')
        .getByRole('row', { name: /shop:1:rate/ })
        .count(),
    ).toBe(0);
  });

  it('words errors as the library does, and explains what needs Node.js', async () => {
    const page = await open();
    expect(await run(page, `await start('A', { tmeout: 1 })`)).toContain('tmeout should not exist');
    expect(await run(page, 'const')).toContain('SyntaxError');
    expect(await run(page, 'await new Promise(() => {})')).toContain('waits for something that does not happen');
    expect(await run(page, `Promise.reject(new Error('nobody cares'))`)).toContain('nobody cares');
    const kept = `{ at: new Date(0), set: new Set(['ä']), big: 2n ** 70n, bytes: Buffer.from('ab') }`;
    await run(
      page,
      `const a = await start('A', { serializer: 'msgpack' }); await a.set('x', ${kept}); log(await a.get('x'));`,
    );
    expect(await logged(page)).toEqual([
      '{ at: 1970-01-01T00:00:00.000Z, set: Set { "ä" }, big: 1180591620717411303424n, bytes: ab }',
    ]);
  });

  it('stops an endless loop, and starts again', async () => {
    const page = await open();
    await page.evaluate('window.patienceMs = 100');
    expect(await run(page, 'for (;;);')).toContain('was stopped');
    await page.evaluate('window.patienceMs = 60_000');
    expect(await run(page, 'log(1)')).toMatch(/^Done/);
  });
});
