import { beforeEach, describe, expect, it } from 'vitest';
import { adminInBrowser } from './admin-in-browser.js';
import { violationsOn } from './axe.js';
import { fill, placesOf } from './filled.js';

const shown = adminInBrowser();
const { start, open } = shown;

// For a busy machine.
describe('views of what only the cache knows', { timeout: 180_000 }, () => {
  beforeEach(() => start());

  it.each([
    ['light', 1280],
    ['dark', 390],
    ['light', 390],
    ['dark', 1280],
  ] as const)('show hostile names as text, and have nothing that axe finds: %s, %d pixels', async (scheme, width) => {
    const end = await fill(shown.admin);
    const page = await open('', { colorScheme: scheme, viewport: { width, height: 800 } });
    const found: unknown[] = [];
    for (const place of placesOf()) {
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

  it('name the target of a change before it, and report that the lock has another holder', async () => {
    await shown.admin.cache.setMany({ a: 1, b: 1 }, { tags: ['prices'] });
    const lock = shown.admin.cache.lock('stock', { timeout: '1h' });
    await lock.acquire();
    const page = await open('#view=tags');
    await page.getByRole('button', { name: 'Count entries' }).click();
    await page.getByText('Counted in 2 strings of version 1').waitFor();
    await page.getByRole('button', { name: 'Invalidate prices' }).click();
    await page.getByRole('dialog').getByText('2 of the counted entries have it.').waitFor();
    await page.keyboard.press('Escape');
    await page.goto(`${shown.admin.url}/cachex#view=locks`);
    await page.getByRole('button', { name: /^Release lock stock/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('learns of this at its next heartbeat').waitFor();
    // Meanwhile.
    await lock.release();
    await lock.acquire();
    await dialog.getByRole('button', { name: 'Release' }).click();
    await dialog.getByRole('alert').getByText('It has another holder now').waitFor();
    expect(await lock.owned()).toBe(true);
  });

  it('show how a value is stored', async () => {
    await shown.admin.cache.set('k', { a: 1 });
    const page = await open('#key=k');
    await page.getByText('As stored').press('Enter');
    await page.getByText('msgpack').waitFor();
    // A map with one entry: `a` is 1.
    expect(await page.locator('.stored pre').textContent()).toMatch(/^000000 {2}de 00 01 a1 61 01 /);
  });
});

it.each([
  ['allowed', { can: (action: string) => action === 'view' }],
  ['read-only', { readOnly: true }],
])('offer nothing but what is %s', async (_, setup) => {
  await start(setup);
  const end = await fill(shown.admin);
  const page = await open('');
  for (const place of placesOf()) {
    await page.goto(`${shown.admin.url}/cachex${place}`);
    await page.getByRole('region').first().waitFor();
    expect([place, await page.getByRole('button', { name: /Invalidate|Release|Claim|Replay|Reset/ }).count()]).toEqual([
      place,
      0,
    ]);
  }
  await end();
});
