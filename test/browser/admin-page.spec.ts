import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { adminInBrowser, hold } from './admin-in-browser.js';
import { violationsOn } from './axe.js';

const shown = adminInBrowser();
const { start, open } = shown;

const text = (page: Page, selector: string): Promise<string | null> => page.textContent(selector);

describe('the admin page of a cache with tenants', () => {
  beforeEach(() => start({ cache: { scope: () => undefined } }));

  it('shows and changes the keys of the named tenant, and of no other', async () => {
    for (const tenant of ['acme', 'other'])
      await shown.admin.cache.withScope(tenant).setMany({ one: tenant, two: tenant });
    await shown.admin.cache.unscoped().set('shared', 1);
    const page = await open();
    await page.getByRole('link', { name: 'shared' }).waitFor();
    await page.getByLabel('Scope').fill('acme');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: 'one' }).click();
    await page.waitForSelector('.editor textarea');
    expect(await page.inputValue('.editor textarea')).toContain('acme');
    expect(await text(page, '.facts')).toContain(':scope:acme:1:one');
    await page.reload();
    await page.waitForSelector('.editor textarea');
    expect(await page.getByLabel('Scope').inputValue()).toBe('acme');
    await page.getByRole('button', { name: 'Delete…', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('The key was deleted.').waitFor();
    expect(await shown.admin.cache.withScope('acme').keys()).toEqual(['two']);
    await page.getByRole('button', { name: 'Delete matching keys…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('in the scope acme').waitFor();
    await dialog.getByLabel('Type the pattern to confirm').fill('*');
    await dialog.getByRole('button', { name: /^Delete 1 key/ }).click();
    await page.getByText('1 key deleted.').waitFor();
    expect(await shown.admin.cache.withScope('acme').keys()).toEqual([]);
    expect(await shown.admin.cache.withScope('other').keys()).toHaveLength(2);
    expect(await shown.admin.cache.unscoped().keys()).toEqual(['shared']);
  });
});

describe('the admin page in a browser', () => {
  beforeEach(() => start({ flush: true }));

  it('shows hostile names and values as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e"\'`${1}';
    await shown.admin.cache.set(hostile, { [hostile]: hostile });
    await shown.admin.cache.hset('h', hostile, hostile);
    const page = await open();
    const marked = hostile.replace('\u202e', 'U+202E');
    await page.getByRole('link', { name: marked }).click();
    expect(await page.inputValue('.editor textarea')).toContain('onerror=alert(1)');
    await page.goto(`${shown.admin.url}/cachex#key=h`);
    await page.waitForSelector('.items tbody tr');
    expect(await text(page, '.items tbody')).toContain(marked);
    expect(await page.locator('img').count()).toBe(0);
  });

  it.each(['constructor', '__proto__', 'nothing'])('opens at #view=%s', async (view) => {
    await shown.admin.cache.set('k', 1);
    const page = await open(`#view=${view}`);
    await page.waitForSelector('.keys tbody tr');
    expect(await text(page, '.keys tbody')).toContain('k');
  });

  it('deletes the keys of a pattern and a type by keyboard alone', async () => {
    await shown.admin.cache.setMany({ 'a:1': 1, 'a:2': 2, 'b:1': 3 });
    await shown.admin.cache.sadd('a:set', 1);
    const page = await open();
    await page.getByRole('link', { name: 'b:1' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('a:*');
    // Typed, but not submitted.
    await page.getByRole('button', { name: 'Delete matching keys…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Delete 3 keys?' }).waitFor();
    expect(await dialog.getByRole('listitem').allTextContents()).toEqual(['a:1', 'a:2', 'a:set']);
    await dialog.getByRole('button', { name: 'Delete 3 keys' }).press('Enter');
    await page.getByText('3 keys deleted.').waitFor();
    expect(await shown.admin.cache.keys()).toEqual(['b:1']);
  });

  it('asks for the pattern again before it deletes everything', async () => {
    await shown.admin.cache.setMany({ a: 1, b: 2 });
    const page = await open();
    await page.getByRole('button', { name: 'Delete matching keys…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Type the pattern to confirm').fill('a');
    await dialog.getByRole('button', { name: 'Delete 2 keys' }).click();
    await dialog.getByRole('alert').getByText('confirm must be the pattern').waitFor();
    expect((await shown.admin.cache.keys()).length).toBe(2);
    await dialog.getByLabel('Type the pattern to confirm').fill('*');
    await dialog.getByRole('button', { name: 'Delete 2 keys' }).click();
    await page.getByText('2 keys deleted.').waitFor();
  });

  it('tells how a change ended whose dialog was closed meanwhile', async () => {
    await shown.admin.cache.setMany({ a: 1, b: 2 });
    const page = await open('#key=a');
    const began = async (change: Awaited<ReturnType<typeof hold>>): Promise<void> => {
      await page.getByRole('button', { name: 'Delete…', exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
      await change.sent;
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    };
    const refused = await hold(page, '**/entry/delete');
    await began(refused);
    await refused.release((route) => route.fulfill({ status: 403, json: { message: 'Not you' } }));
    await page.locator('#notice').getByText('Not you').waitFor();
    const done = await hold(page, '**/entry/delete');
    await began(done);
    await done.release();
    await page.getByText('The key was deleted.').waitFor();
    await page.getByText('Choose a key to see its value.').waitFor();
    expect(await page.locator('.keys tbody a').allTextContents()).toEqual(['b']);
  });

  it('shows the result of a change only if its key is still open', async () => {
    await shown.admin.cache.setMany({ a: 1, b: 2 });
    const page = await open('#key=a');
    await page.getByRole('button', { name: 'Expire…' }).click();
    const late = await hold(page, '**/entry/expiry');
    await page.getByRole('dialog').getByRole('button', { name: 'Expire' }).click();
    await late.sent;
    await page.goto(`${shown.admin.url}/cachex#key=b`);
    await page.getByRole('heading', { name: 'b string' }).waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).search));
    await late.release();
    await page.getByText('The key has a new time to live.').waitFor();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect.poll(() => asked).toContain('?key=b');
    expect(asked).not.toContain('?key=a');
  });

  it('tells what has ended early, who must sign in, and which cache is not there', async () => {
    await shown.admin.cache.set('a', 1);
    const page = await open('#pattern=a*');
    await page.getByRole('link', { name: 'a', exact: true }).waitFor();
    const dialog = page.getByRole('dialog');
    // A proxy may end the answer of an application that has gone.
    await page.route('**/export', (route) => route.fulfill({ body: '{"exported":0,"found":1}\n' }));
    await page.getByRole('button', { name: 'Export…' }).click();
    await dialog.getByRole('button', { name: 'Export' }).click();
    await dialog.getByRole('alert').getByText('The application has gone away.').waitFor();
    await page.keyboard.press('Escape');
    await page.route('**/keys/sample**', (route) => route.fulfill({ status: 302, headers: { location: '/login' } }));
    await page.getByRole('link', { name: 'Show as a tree' }).click();
    await page.getByText('All 1 key found.').waitFor();
    await page.getByRole('button', { name: 'Delete matching keys…' }).click();
    await page.getByRole('alert').getByText('Please sign in again').waitFor();
    await page.goto(`${shown.admin.url}/cachex#cache=other&key=a`);
    await page.getByRole('alert').getByText('You see no cache named other.').waitFor();
    expect(await page.getByRole('region').count()).toBe(0);
    await page.getByRole('navigation', { name: 'Caches' }).getByRole('link').click();
    await page.getByRole('link', { name: 'a', exact: true }).waitFor();
  });

  it('deletes the chosen rows', async () => {
    await shown.admin.cache.setMany({ a: 1, b: 2, c: 3 });
    const page = await open();
    await page.getByRole('checkbox', { name: 'Choose a' }).check();
    await page.getByRole('checkbox', { name: 'Choose c' }).check();
    await page.getByRole('button', { name: 'Delete 2 chosen…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete 2 keys' }).click();
    await page.getByText('2 keys deleted.').waitFor();
    expect(await shown.admin.cache.keys()).toEqual(['b']);
  });

  it('tells one of two administrators what the other has changed, and keeps the typed text', async () => {
    await shown.admin.cache.set('k', 'first');
    const [mine, theirs] = [await open('#key=k'), await open('#key=k')];
    await mine.fill('.editor textarea', '"mine"');
    await theirs.fill('.editor textarea', '"theirs"');
    await theirs.getByRole('button', { name: 'Save' }).click();
    await theirs.getByText('The value was saved.').waitFor();
    await mine.getByRole('button', { name: 'Save' }).click();
    await mine.getByRole('alert').getByText('The value has changed since it was shown').waitFor();
    expect(await text(mine, '.editor .error')).toContain('"theirs"');
    expect(await mine.inputValue('.editor textarea')).toBe('"mine"');
    await mine.getByRole('button', { name: 'Discard my edit' }).click();
    await expect.poll(() => mine.evaluate(`document.querySelector('textarea')?.value === '"theirs"'`)).toBe(true);
    expect(await shown.admin.cache.get('k')).toBe('theirs');
  });

  it.each([
    ['light', 1280],
    ['light', 390],
    ['dark', 1280],
    ['dark', 390],
  ] as const)('has nothing that axe finds: %s, %d pixels wide', async (colorScheme, width) => {
    await shown.admin.cache.setMany({ a: { deep: [1] }, b: 2 });
    const page = await open('#key=a', { colorScheme, viewport: { width, height: 800 } });
    await page.waitForSelector('.editor textarea');
    expect(await violationsOn(page)).toEqual([]);
    await page.goto(`${shown.admin.url}/cachex`);
    await page.getByRole('button', { name: 'Delete matching keys…' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await violationsOn(page)).toEqual([]);
  });
});

it('offers nothing that is not allowed', async () => {
  await start({ can: (action) => action === 'view' || action === 'expire' });
  await shown.admin.cache.set('k', 1, 60);
  const page = await open('#key=k');
  await page.getByRole('button', { name: 'Expire…' }).waitFor();
  expect((await page.getByRole('button').allTextContents()).toSorted()).toEqual(
    ['Expire…', 'Never expire', 'Refresh', 'Search', 'Key', 'Type', 'Expires in', 'Size'].toSorted(),
  );
  expect(await page.getByRole('checkbox').count()).toBe(0);
});
