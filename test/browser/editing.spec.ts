import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { adminInBrowser, hold } from './admin-in-browser.js';
import { violationsOn } from './axe.js';

const shown = adminInBrowser();
const { start, open } = shown;

const editor = '.editor textarea';
const dialogOf = (page: Page, name: string) => page.getByRole('dialog', { name });

describe('an edit', () => {
  it('keeps the types of a value, and reports mistakes before sending it', async () => {
    await start();
    const value = { at: new Date(0), ids: new Map([['a', 1n]]), bytes: Buffer.from('x') };
    await shown.admin.cache.set('k', value);
    const page = await open('#key=k');
    await page.waitForSelector(editor);
    const text = await page.inputValue(editor);
    await page.fill(editor, text.replace('1970', 'soon'));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('$Date is written as in').waitFor();
    await page.fill(editor, text.replace('1970', '1971'));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The value was saved.').waitFor();
    expect(await shown.admin.cache.get('k')).toStrictEqual({ ...value, at: new Date('1971-01-01') });
  });

  it('of a value without a notation is not offered, with the reason', async () => {
    await start();
    const cycle: unknown[] = [1];
    cycle.push(cycle);
    await shown.admin.cache.set('k', cycle);
    const page = await open('#key=k');
    await page.getByText('is or contains a value that contains itself').waitFor();
    expect(await page.locator(editor).count()).toBe(0);
  });

  it('is not lost without a question', async () => {
    await start();
    await shown.admin.cache.setMany({ k: 1, other: 2 });
    const page = await open();
    await page.getByRole('link', { name: 'k', exact: true }).click();
    await page.waitForSelector(editor);
    const isAskedByBrowser = () =>
      page.evaluate<boolean>(`!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))`);
    expect(await isAskedByBrowser()).toBe(false);
    await page.fill(editor, '"mine"');
    expect(await isAskedByBrowser()).toBe(true);
    const question = dialogOf(page, 'Discard what you have typed?');
    const tries = [
      () => page.getByRole('link', { name: 'other' }).click(),
      () => page.getByRole('link', { name: 'Server' }).click(),
      () => page.getByRole('button', { name: 'Refresh' }).click(),
      () => page.goBack(),
    ];
    for (const leave of tries) {
      await leave();
      await question.getByRole('button', { name: 'Keep editing' }).click();
      expect(await page.inputValue(editor)).toBe('"mine"');
      await expect.poll(() => new URL(page.url()).hash).toBe('#key=k');
    }
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('link', { name: 'other' }).click();
    await question.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('heading', { name: 'other' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#key=other');
    expect(await isAskedByBrowser()).toBe(false);
    expect(await shown.admin.cache.get('k')).toBe(1);
  });

  it('survives the answer to an earlier request, and is sent once', async () => {
    await start();
    await shown.admin.cache.setMany({ k: 1, other: 2 });
    const page = await open('#key=k');
    await page.waitForSelector(editor);
    const refresh = await hold(page, '**/entry?**');
    await page.getByRole('button', { name: 'Refresh' }).click();
    await refresh.sent;
    await page.fill(editor, '"mine"');
    await refresh.release();
    await expect.poll(() => page.getByRole('region', { name: 'Chosen key' }).getAttribute('aria-busy')).toBeNull();
    expect(await page.inputValue(editor)).toBe('"mine"');
    const save = await hold(page, '**/entry/value');
    let count = 0;
    page.on('request', (request) => (count += Number(request.url().endsWith('/entry/value'))));
    await page.getByRole('button', { name: 'Save' }).dblclick();
    await save.sent;
    await page.locator(editor).press('x');
    expect(await page.inputValue(editor)).toBe('"mine"');
    await save.release();
    await page.getByText('The value was saved.').waitFor();
    expect([count, await shown.admin.cache.get('k')]).toEqual([1, 'mine']);
    // No part of one key is shown as another.
    const load = await hold(page, '**/entry?**');
    await page.getByRole('link', { name: 'other' }).click();
    await load.sent;
    await page.getByRole('heading', { name: 'other' }).waitFor();
    expect(await page.locator(editor).count()).toBe(0);
    await load.release();
  });

  it('is kept with its place, even if Back is pressed again during the question', async () => {
    await start();
    await shown.admin.cache.setMany({ k: 1, other: 2 });
    const page = await open('#view=scripts');
    for (const key of ['other', 'k']) {
      await page.goto(`${shown.admin.url}/cachex#key=${key}`);
      await page.getByRole('heading', { name: `${key} string` }).waitFor();
    }
    await page.fill(editor, '"mine"');
    const place = () => new URL(page.url()).hash;
    const question = dialogOf(page, 'Discard what you have typed?');
    // The page goes back, and returns.
    const back = `new Promise((resolve) => {
      let changes = 0;
      addEventListener('hashchange', () => ++changes === 2 && resolve());
      history.back();
    })`;
    for (const answer of ['Keep editing', 'Discard']) {
      for (let time = 0; time < 2; time++) await page.evaluate(back);
      expect(place()).toBe('#key=k');
      await question.getByRole('button', { name: answer }).click();
      await expect.poll(place).toBe(answer === 'Discard' ? '#key=other' : '#key=k');
    }
    await page.getByRole('heading', { name: 'other string' }).waitFor();
  });

  it('in a dialog is not lost without a question', async () => {
    await start();
    const page = await open();
    await page.getByRole('button', { name: 'New key…' }).click();
    const dialog = dialogOf(page, 'New key');
    const question = dialogOf(page, 'Discard what you have typed?');
    await dialog.getByLabel('Key', { exact: true }).fill('mine');
    for (let time = 0; time < 2; time++) {
      await page.keyboard.press('Escape');
      await question.waitFor();
      await page.keyboard.press('Escape');
      await question.waitFor({ state: 'detached' });
    }
    expect(await dialog.getByLabel('Key', { exact: true }).inputValue()).toBe('mine');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await question.getByRole('button', { name: 'Discard' }).click();
    await dialog.waitFor({ state: 'detached' });
  });
});

it('marks invisible characters in names and values', async () => {
  await start();
  const odd = '\u202eab\u200b\u180b\u00a0 ';
  await shown.admin.cache.set(odd, { [odd]: odd });
  await shown.admin.cache.hset('h', odd, odd);
  await shown.admin.cache.setMany({ '\u0301': 1, '❤\ufe0f1\ufe0f\u20e3': 1 });
  const page = await open();
  const marked = 'U+202EabU+200BU+180BU+00A0␣';
  const link = page.getByRole('link', { name: marked });
  // A lone accent has no place of its own to click.
  for (const name of ['U+0301', '❤\ufe0f1\ufe0f\u20e3']) await page.getByRole('link', { name, exact: true }).waitFor();
  await link.click();
  await page.waitForSelector(editor);
  expect(await page.textContent('.entry h2')).toContain(marked);
  expect(await page.title()).toContain('[U+202E]ab[U+200B]');
  // The field holds the value itself, which contains JSON escapes.
  const text = String.raw`"\u202eab\u200b\u180b\u00a0 "`;
  expect(await page.inputValue(editor)).toContain(`${text}: ${text}`);
  await page.goto(`${shown.admin.url}/cachex#key=h`);
  await page.waitForSelector('.items tbody tr');
  expect(await page.textContent('.items tbody')).toContain(`${marked}"U+202EabU+200BU+180BU+00A0 "`);
});

describe('keys', () => {
  it('are created with every type, sorted, and shown as a tree', async () => {
    await start();
    await shown.admin.cache.setMany({ 'user:1': 'x'.repeat(500), 'user:2': 1 });
    const page = await open();
    await page.getByRole('link', { name: 'user:1' }).waitFor();
    await page.getByRole('button', { name: 'New key…' }).click();
    const dialog = dialogOf(page, 'New key');
    await dialog.getByLabel('Key', { exact: true }).fill('user:list');
    await dialog.getByRole('combobox').selectOption('list');
    expect(await dialog.getByRole('textbox', { name: 'Value' }).inputValue()).toBe('["first", "second"]');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('The key was created.').waitFor();
    expect(await shown.admin.cache.lrange('user:list', 0, -1)).toEqual(['first', 'second']);
    const names = () => page.locator('.keys tbody a').allTextContents();
    await expect.poll(names).toHaveLength(3);
    const sort = page.locator('.keys').getByRole('button', { name: /^Key/ });
    await sort.click();
    await sort.click();
    expect(await names()).toEqual(['user:list', 'user:2', 'user:1']);
    await page.locator('.keys').getByRole('button', { name: 'Size' }).press('Enter');
    expect((await names()).at(-1)).toBe('user:1');
    await page.getByRole('link', { name: 'Show as a tree' }).click();
    await page.getByText('All 3 keys found.').waitFor();
    await page.getByText('user:', { exact: true }).click();
    await page.locator('.tree').getByRole('link', { name: '2', exact: true }).click();
    await page.waitForSelector(editor);
    expect(await page.inputValue(editor)).toBe('1');
    expect(await violationsOn(page)).toEqual([]);
  });

  it('are exported to a file, and imported from one', async () => {
    await start();
    const { cache } = shown.admin;
    await cache.setMany({ a: new Date(0), b: 2, c: 3 });
    const page = await open();
    await page.getByRole('checkbox', { name: 'Choose a' }).check();
    await page.getByRole('checkbox', { name: 'Choose b' }).check();
    await page.getByRole('button', { name: 'Export…' }).click();
    const download = page.waitForEvent('download');
    await dialogOf(page, 'Export 2 keys').getByRole('button', { name: 'Export' }).click();
    const path = await (await download).path();
    await cache.deleteMany(['a']);
    const choose = async (file: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0]) => {
      await page.getByRole('dialog').locator('input[type=file]').setInputFiles(file);
      await page.getByRole('button', { name: 'Check' }).click();
    };
    await page.getByRole('button', { name: 'Import…' }).click();
    await choose({ name: 'odd.jsonl', mimeType: 'text/plain', buffer: Buffer.from('\n{"v":1}') });
    await page.getByRole('alert').getByText('Line 2: key must be a string').waitFor();
    expect(await violationsOn(page)).toEqual([]);
    const line = (key: string, content: unknown): string =>
      JSON.stringify({ v: 1, key, type: 'string', ttlMs: null, form: 'values', content });
    const mixed = ['{"v":2}', line('d\u202e', 1), line('long', 'x'.repeat(150_000))].join('\n');
    await choose({ name: 'mixed.jsonl', mimeType: 'text/plain', buffer: Buffer.from(mixed) });
    const partly = dialogOf(page, 'Import 1 key?');
    await partly.getByText('Line 1: v must be 1').waitFor();
    await partly.getByText('Line 3: The line is longer than the application accepts').waitFor();
    await partly.getByRole('button', { name: 'Import 1 key' }).click();
    await dialogOf(page, 'Not all keys were imported').getByText('Line 1: v must be 1').waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'OK' }).click();
    await page.getByRole('button', { name: 'Import…' }).click();
    await choose(path);
    const question = dialogOf(page, 'Import 2 keys?');
    await question.getByText('Existing keys: 1. They will not change.').waitFor();
    await question.getByRole('button', { name: 'Import 2 keys' }).click();
    await page.getByText('1 key imported; already there: 1.').waitFor();
    expect(await cache.get('a')).toStrictEqual(new Date(0));
  });
});
