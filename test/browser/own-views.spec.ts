import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { adminInBrowser } from './admin-in-browser.js';
import { violationsOn } from './axe.js';

const hostile = '<img src=x onerror=alert(1)>\u202e}';

const shown = adminInBrowser();
const { start, open } = shown;

/** Goes to it by Tab, as somebody does who has no mouse, and presses Enter. */
async function press(page: Page, role: 'button' | 'link', name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name });
  await wanted.waitFor();
  for (let tries = 0; tries < 80; tries++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) {
      await page.keyboard.press('Enter');
      return;
    }
  }
  expect.unreachable(`Tab never comes to ${String(name)}`);
}

/** Something to see in every view. */
async function fill(): Promise<() => Promise<void>> {
  const { cache } = shown.admin;
  await cache.set(`key of ${hostile}`, 1, { tags: [hostile] });
  const lock = cache.lock(hostile, { timeout: '1h' });
  await lock.acquire();
  await cache.xgroupCreate(hostile, hostile, '0', { mkstream: true });
  await cache.xadd(hostile, { any: 'thing' });
  await cache.xreadgroup(hostile, 'worker', { [hostile]: '>' });
  const letter = { stream: hostile, group: 'mail', id: '1-1', fields: { to: hostile }, deliveries: 5, error: hostile };
  await cache.xadd('dead', letter);
  await cache.rateLimiter('signups', { limit: 5, window: '1h' }).consume(hostile);
  await cache.withVersion('session').set(hostile, { user: 1 }, '1h');
  cache.registerScript(`script ${hostile}`, 'return 1');
  let finish!: (value: number) => void;
  const made = new Promise<number>((resolve) => (finish = resolve));
  const load = cache.getOrSet(`load of ${hostile}`, () => made);
  return async () => {
    finish(1);
    await load;
  };
}

const of = encodeURIComponent(hostile);
const places = [
  `#view=tags&of=${of}`,
  '#view=locks',
  `#view=streams&of=${of}`,
  '#view=streams&of=dead',
  '#view=process',
  '#view=limits',
  '#view=sessions',
  '#view=scripts',
];

// Tab by Tab, on a machine that does other things as well.
describe('views of what only the cache knows', { timeout: 180_000 }, () => {
  beforeEach(() => start());

  it.each([
    ['light', 1280],
    ['dark', 390],
    ['light', 390],
    ['dark', 1280],
  ] as const)('show hostile names as text, and have nothing that axe finds: %s, %d pixels', async (scheme, width) => {
    const end = await fill();
    const page = await open('', { colorScheme: scheme, viewport: { width, height: 800 } });
    const found: unknown[] = [];
    for (const place of places) {
      await page.goto(`${shown.admin.url}/cachex${place}`);
      const main = page.getByRole('main');
      await main.getByText('onerror=alert(1)').first().waitFor();
      expect([place, await page.locator('img').count()]).toEqual([place, 0]);
      expect([place, await main.locator('mark', { hasText: 'U+202E' }).count()]).not.toEqual([place, 0]);
      expect([place, (await main.textContent())?.includes('\u202e')]).toEqual([place, false]);
      const violations = await violationsOn(page);
      found.push(...violations.map((violation) => [place, violation]));
    }
    expect(found).toEqual([]);
    await end();
  });

  it('invalidate a tag by keyboard alone, after counting what carries it', async () => {
    await shown.admin.cache.set('a', 1, { tags: ['prices'] });
    await shown.admin.cache.set('b', 1, { tags: ['prices'] });
    const page = await open('#view=tags');
    await page.getByRole('link', { name: 'prices' }).waitFor();
    await press(page, 'button', 'Count entries');
    await page.getByText('Counted in 2 strings of version 1').waitFor();
    await press(page, 'button', 'Invalidate prices');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('2 entries carry it').waitFor();
    await press(page, 'button', /^Invalidate$/);
    await page.getByText('The tag was invalidated.').waitFor();
    expect(await shown.admin.cache.getMany(['a', 'b'])).toEqual(new Map());
  });

  it('take a lock away by keyboard alone, and say where another has it by now', async () => {
    const lock = shown.admin.cache.lock('stock', { timeout: '1h' });
    await lock.acquire();
    const page = await open('#view=locks');
    await press(page, 'button', /^Release lock stock/);
    await page.getByRole('dialog').getByText('hears of this at its next heartbeat only').waitFor();
    // Meanwhile.
    await lock.release();
    await lock.acquire();
    await press(page, 'button', /^Release$/);
    await page.getByRole('dialog').getByRole('alert').getByText('Its holder is another one now').waitFor();
    await page.keyboard.press('Escape');
    await press(page, 'button', 'Refresh');
    await press(page, 'button', /^Release lock stock/);
    await press(page, 'button', /^Release$/);
    await page.getByText('The lock was released.').waitFor();
    expect(await lock.owned()).toBe(false);
  });

  it('replay dead letters by keyboard alone', async () => {
    const { cache } = shown.admin;
    await cache.xgroupCreate('orders', 'mail', '0', { mkstream: true });
    const letter = { stream: 'orders', group: 'mail', id: '1-1', deliveries: 5, error: 'no such address' };
    await cache.xadd('orders:dead', { ...letter, fields: { to: 'ada' } });
    const page = await open('#view=streams');
    await press(page, 'link', 'orders:dead');
    const box = page.getByRole('checkbox');
    await box.focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Replay 1 chosen…' }).press('Enter');
    await press(page, 'button', 'Replay 1 letter');
    await page.getByText('1 replayed.').waitFor();
    expect(await cache.xlen('orders')).toBe(1);
    expect(await cache.xlen('orders:dead')).toBe(0);
  });

  it('show how a value is stored', async () => {
    await shown.admin.cache.set('k', { a: 1 });
    const page = await open('#key=k');
    await page.getByText('As stored').press('Enter');
    await page.getByText('msgpack').waitFor();
    // A map of one: `a` is 1.
    expect(await page.locator('.stored pre').textContent()).toMatch(/^000000 {2}de 00 01 a1 61 01 /);
  });
});

it('offer nothing that is not allowed', async () => {
  await start({ can: (action) => action === 'view' });
  const end = await fill();
  const page = await open('');
  for (const place of places) {
    await page.goto(`${shown.admin.url}/cachex${place}`);
    await page.getByRole('region').first().waitFor();
    expect([place, await page.getByRole('button', { name: /Invalidate|Release|Claim|Replay|Reset/ }).count()]).toEqual([
      place,
      0,
    ]);
  }
  await end();
});
