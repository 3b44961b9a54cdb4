import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { adminInBrowser } from './admin-in-browser.js';
import { violationsOn } from './axe.js';

const shown = adminInBrowser();
const { start, open } = shown;

const editor = '.editor textarea';
const dialogOf = (page: Page, name: string) => page.getByRole('dialog', { name });

describe('an edit', () => {
  it('keeps the types of a value, and says what is wrong before it is sent', async () => {
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

  it('of what has no notation is not offered, and why', async () => {
    await start();
    const cycle: unknown[] = [1];
    cycle.push(cycle);
    await shown.admin.cache.set('k', cycle);
    const page = await open('#key=k');
    await page.getByText('it is or holds a value that contains itself').waitFor();
    expect(await page.locator(editor).count()).toBe(0);
  });

  it('that is not saved is asked about before it is lost', async () => {
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

  it('in a dialog is asked about when that is closed', async () => {
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

it('marks letters that nobody sees, in names and in values', async () => {
  await start();
  const odd = '\u202eab\u200b\u00a0 ';
  await shown.admin.cache.set(odd, { [odd]: odd });
  await shown.admin.cache.hset('h', odd, odd);
  const page = await open();
  const marked = 'U+202EabU+200BU+00A0␣';
  const link = page.getByRole('link', { name: marked });
  await link.click();
  await page.waitForSelector(editor);
  expect(await page.textContent('.entry h2')).toContain(marked);
  expect(await page.title()).toContain('[U+202E]ab[U+200B]');
  // What is typed there is the value itself: it has escapes of JSON.
  const text = String.raw`"\u202eab\u200b\u00a0 "`;
  expect(await page.inputValue(editor)).toContain(`${text}: ${text}`);
  await page.goto(`${shown.admin.url}/cachex#key=h`);
  await page.waitForSelector('.items tbody tr');
  expect(await page.textContent('.items tbody')).toContain(`${marked}"U+202EabU+200BU+00A0 "`);
});
