import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { adminInBrowser } from './admin-in-browser.js';
import { readPageFiles } from '../../lib/admin/page-files.js';
import { Recorder } from '../../lib/admin/recorder.js';
import { violationsOn } from './axe.js';
import { hostile } from './filled.js';

/** Refused resources appear in the console. */
function watchConsole(page: Page): void {
  page.on('console', (message) => expect(message.type(), message.text()).not.toBe('error'));
}

const shown = adminInBrowser(watchConsole);
const { start, open } = shown;

/** At eleven the keys of users were found; then somebody deleted them. */
async function makeTrouble(): Promise<void> {
  const { cache, app } = shown.admin;
  const minute = Math.floor(Date.now() / 60_000);
  const names = Array.from({ length: 100 }, (_, at) => `user:${at}`);
  await cache.setMany(Object.fromEntries(names.map((name) => [name, name])));
  await cache.setMany({ 'order:1': 1, 'order:2': 2 });
  for (const before of [30, 29, 28]) {
    await cache.getMany([...names, 'order:1', 'order:2']);
    await app.get(Recorder).turn(minute - before);
  }
  await shown.admin.post('/api/caches/default/keys/delete', { pattern: 'user:*' });
  for (const before of [2, 1]) {
    await cache.getMany([...names, 'order:1', 'order:2']);
    await app.get(Recorder).turn(minute - before);
  }
}

describe('traffic', () => {
  it('explains why the hit rate has fallen, and leads to the keys', async () => {
    await start();
    await makeTrouble();
    const page = await open('#view=traffic');
    const findings = page.locator('.findings');
    await findings.getByText('The hit rate has fallen from 100 % to').waitFor();
    expect(await findings.textContent()).toMatch(/100 % of the new misses are of user:\*/);
    expect(await findings.textContent()).toMatch(/deleted 100 keys on this page \(deleteMany user:\*\)/);
    expect(await page.locator('.u-wrap canvas').count()).toBe(3);
    const rows = page.getByRole('region', { name: 'Figures by prefix' }).getByRole('row');
    expect(await rows.count()).toBe(3);
    await findings.getByRole('link', { name: 'Its keys', exact: true }).press('Enter');
    await expect.poll(() => page.evaluate(`document.querySelector('#pattern')?.value === 'user:*'`)).toBe(true);
  });

  it('shows one prefix, and the charts as a table, by keyboard alone', async () => {
    await start();
    await makeTrouble();
    const page = await open('#view=traffic');
    await page.getByRole('link', { name: 'order:*', exact: true }).press('Enter');
    await expect.poll(() => page.evaluate(`location.hash.includes('prefix=order')`)).toBe(true);
    await page.getByText('The charts as a table').press('Enter');
    const table = page.getByRole('region', { name: 'Figures over time' });
    await expect.poll(async () => (await table.getByRole('row').allTextContents()).join()).toMatch(/20100 %/);
    await page.getByRole('combobox', { name: /^Time/ }).selectOption('24h');
    await expect.poll(() => page.evaluate(`location.hash.includes('range=24h')`)).toBe(true);
    await page.reload();
    await page.getByRole('combobox', { name: /^Time/ }).waitFor();
    expect(await page.getByRole('combobox', { name: /^Time/ }).inputValue()).toBe('24h');
  });

  it('offers all processes only if they are recorded', async () => {
    await start();
    const page = await open('#view=traffic');
    await page.getByText('No key was read in this period.').waitFor();
    expect(await page.getByLabel('Whose').locator('option').allTextContents()).toEqual(['this process']);
    await shown.admin.app.close();
    await start({ history: 'fleet' });
    const other = await open('#view=traffic');
    await other.getByLabel('Whose').getByRole('option', { name: 'all processes' }).waitFor({ state: 'attached' });
    await other.getByLabel('Whose').selectOption('fleet');
    await other.getByText('The charts as a table').click();
    await other.getByRole('columnheader', { name: 'Processes' }).waitFor();
  });

  it('is redrawn when the color scheme changes', async () => {
    await start();
    await shown.admin.cache.get('a:1');
    const page = await open('#view=traffic', { colorScheme: 'light' });
    await page.locator('.u-wrap canvas').first().waitFor();
    await page.evaluate(`document.querySelector('.u-wrap').dataset.old = 'yes'`);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => page.evaluate(`!document.querySelector('.u-wrap').dataset.old`)).toBe(true);
    expect(await page.locator('.u-wrap canvas').count()).toBe(3);
  });
});

it('shows memory by prefix, and leads to the largest keys', async () => {
  await start();
  await shown.admin.cache.set('big:1', 'x'.repeat(10_000), 60);
  await shown.admin.cache.set('<b>:1', 1);
  const page = await open('#view=memory');
  await page.getByText('All 2 keys of this cache.').waitFor();
  const rows = page.getByRole('region', { name: 'Memory by prefix' }).getByRole('row');
  expect((await rows.allTextContents()).slice(1)).toEqual([
    expect.stringContaining('big:*'),
    expect.stringContaining('<b>:*'),
  ]);
  await page.getByRole('link', { name: 'big:1' }).press('Enter');
  await page.waitForSelector('.editor textarea');
});

describe('commands', () => {
  it('appear as they are sent, can be filtered and paused, and are not followed afterwards', async () => {
    await start();
    const page = await open('#view=commands');
    await page.getByText('Listening').waitFor();
    const seen = page.getByRole('region', { name: 'Commands of this process' }).getByRole('row');
    await expect
      .poll(async () => {
        await shown.admin.cache.get('user:<i>1');
        return (await seen.allTextContents()).join();
      })
      .toContain('GETuser:<i>1');
    await page.getByLabel('Key begins with').fill('order:');
    await page.getByRole('button', { name: 'Filter' }).press('Enter');
    await expect.poll(() => page.evaluate(`location.hash.includes('prefix=order')`)).toBe(true);
    await expect
      .poll(async () => {
        await shown.admin.cache.getMany(['order:1']);
        await shown.admin.cache.get('user:2');
        return (await seen.allTextContents()).join();
      })
      .toContain('MGETorder:1');
    expect((await seen.allTextContents()).join()).not.toContain('user:2');
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await page.getByText('Paused.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).press('Enter');
    await page.getByText('Listening').waitFor();
    await page.getByRole('link', { name: 'Keys', exact: true }).press('Enter');
    await page.waitForSelector('#pattern');
  });

  it('come from the slow log, which the engine does not have', async () => {
    await start();
    const page = await open('#view=commands');
    await expect.poll(() => page.textContent('.note')).toContain('The engine in this process keeps no slow log.');
  });
});

describe.each([
  ['light', 1280],
  ['light', 390],
  ['dark', 1280],
  ['dark', 390],
] as const)('%s, %d pixels wide', (colorScheme, width) => {
  it.each(['traffic', 'memory', 'commands'])('%s has nothing that axe finds, and is not wider', async (view) => {
    await start();
    await makeTrouble();
    const page = await open(`#view=${view}`, { colorScheme, viewport: { width, height: 800 } });
    await page.getByRole('region').first().waitFor();
    if (view === 'traffic') await page.getByText('The charts as a table').click();
    expect(await violationsOn(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });
});

it('hostile names are shown as text in all of them', async () => {
  await start();
  const { cache } = shown.admin;
  await cache.set(`${hostile}:1`, 1);
  await cache.get(`${hostile}:1`);
  await shown.admin.post('/api/caches/default/keys/delete', { pattern: hostile });
  const page = await open();
  const slow = { at: Date.now(), ms: 12, command: 'SET', about: hostile, hidden: 1, client: hostile };
  const servers = [
    { address: hostile, commands: [slow] },
    { address: hostile, commands: [], refused: hostile },
  ];
  await page.route('**/commands/slow', (route) => route.fulfill({ json: { servers } }));
  for (const view of ['traffic', 'memory', 'commands']) {
    await page.goto(`${shown.admin.url}/cachex#view=${view}`);
    const main = page.getByRole('main');
    await expect
      .poll(async () => {
        await cache.get(`${hostile}:1`);
        return main.locator('mark', { hasText: 'U+202E' }).count();
      })
      .toBeGreaterThan(view === 'commands' ? 4 : 0);
    const text = await main.textContent();
    expect([view, text?.includes('onerror=alert(1)'), text?.includes('\u202e')]).toEqual([view, true, false]);
    expect([view, await page.locator('img').count()]).toEqual([view, 0]);
  }
});

it('the whole page weighs less than 250 KB, compressed', async () => {
  const { document, modules } = readPageFiles();
  const weight = [document, ...modules.values()].reduce((sum, text) => sum + gzipSync(text).length, 0);
  expect(weight).toBeLessThan(250_000);
  expect(modules.get('uplot.js')).toContain('Leon Sorokin');
});
