import type { Locator, Page } from 'playwright-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CachexService } from '../../lib/index.js';
import { adminInBrowser, hold } from './admin-in-browser.js';
import { fill, placesOf } from './filled.js';

const shown = adminInBrowser();
const { start, open } = shown;

const isFocused = (locator: Locator): Promise<boolean> =>
  locator.evaluate((element) => element === element.ownerDocument.activeElement);
const focused = (page: Page): Promise<string> =>
  page.evaluate(`document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`);
/** Checks that keyboard users have not lost the focus. */
const hasPlace = (page: Page): Promise<boolean> => page.evaluate('document.activeElement !== document.body');

/** Controls that Tab never reaches. */
async function missedByTab(page: Page): Promise<readonly string[]> {
  const count = await page.evaluate<number>(`(() => {
    const wanted = 'a[href], button:not(:disabled), input, select, textarea, summary, [tabindex="0"]';
    missed = new Set(Array.from(document.querySelectorAll(wanted)).filter((element) => element.checkVisibility()));
    document.addEventListener('focusin', ({ target }) => missed.delete(target));
    document.activeElement.blur();
    return missed.size;
  })()`);
  // Scrollable elements must be reachable, too.
  for (let presses = 0; presses < count + 15; presses++) await page.keyboard.press('Tab');
  return page.evaluate(
    'Array.from(missed).filter((each) => each.isConnected && each.checkVisibility()).map((each) => each.outerHTML)',
  );
}

/** Opens a dialog, moves through it, closes it, and opens it again. */
async function dialogOf(opener: Locator, title: string | RegExp): Promise<Locator> {
  const page = opener.page();
  const dialog = page.getByRole('dialog', { name: title });
  await opener.press('Enter');
  await dialog.waitFor();
  expect(await dialog.evaluate((element) => element.contains(element.ownerDocument.activeElement))).toBe(true);
  const isOutside = `!document.querySelector('dialog').contains(document.activeElement) && document.activeElement !== document.body`;
  for (let presses = 0; presses < 8; presses++) {
    await page.keyboard.press('Tab');
    expect([title, await page.evaluate(isOutside)]).toEqual([title, false]);
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => isFocused(opener)).toBe(true);
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  return dialog;
}

/** Fills in the dialog, and confirms it. */
async function confirm(dialog: Locator, typed?: string): Promise<void> {
  const page = dialog.page();
  if (typed !== undefined) {
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
    return;
  }
  const submit = dialog.locator('button[type=submit]');
  for (let presses = 0; presses < 8 && !(await isFocused(submit)); presses++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
}

/** For each dialog: what opens it, its title, what to type, and the message afterwards. */
type Case = readonly [opener: string | RegExp, title: string | RegExp, typed: string | undefined, said: string];

async function walk(page: Page, cases: readonly Case[]): Promise<void> {
  for (const [name, title, typed, said] of cases) {
    const dialog = await dialogOf(page.getByRole('button', { name }).first(), title);
    await confirm(dialog, typed);
    await page.locator('#notice').getByText(said).waitFor();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => hasPlace(page)).toBe(true);
  }
}

const tabs = [
  ['Traffic', 'By prefix'],
  ['Memory', 'keys of this cache.'],
  ['Commands', 'Listening'],
  ['Server', 'Hit ratio'],
  ['Tags', 'Count entries'],
  ['Locks', '1 lock or semaphore is held.'],
  ['Streams', '2 streams.'],
  ['Process', 'Loads under way'],
  ['Rate limits', '1 caller.'],
  ['Sessions', '1 session.'],
  ['Scripts', '1 script is registered.'],
  ['Keys', 'Choose a key to see its value.'],
] as const;

// Many presses of Tab, on a busy machine.
describe('by keyboard alone', { timeout: 180_000 }, () => {
  it('opens each view, and Tab reaches everything in it', async () => {
    await start({ flush: true });
    const end = await fill(shown.admin, 'name');
    const page = await open();
    for (const [tab, seen] of tabs) {
      const link = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: tab, exact: true });
      await link.press('Enter');
      await page.getByRole('main').getByText(seen).first().waitFor();
      expect([tab, await isFocused(link), await link.getAttribute('aria-current')]).toEqual([tab, true, 'page']);
      expect([tab, await missedByTab(page)]).toEqual([tab, []]);
    }
    for (const place of ['#key=key%20of%20name', '#view=tags&of=name', '#view=streams&of=name']) {
      await page.goto(`${shown.admin.url}/cachex${place}`);
      await page.locator('.entry .actions, section[aria-label^=Chosen] .actions').first().waitFor();
      expect([place, await missedByTab(page)]).toEqual([place, []]);
    }
    await end();
  });

  it('skips to the content in every view', async () => {
    await start();
    const page = await open('#view=locks');
    await page.getByText('No locks and semaphores are held.').waitFor();
    await page.getByRole('link', { name: 'Skip to the content' }).press('Enter');
    expect(await page.evaluate('[document.activeElement.id, location.hash]')).toEqual(['content', '#view=locks']);
  });

  it('creates, changes, chooses and deletes keys', async () => {
    await start();
    const { cache } = shown.admin;
    await cache.setMany({ a: 1, b: 2, c: 3 });
    await cache.hset('hash', 'f', 1);
    const page = await open();
    await page.getByRole('link', { name: 'a', exact: true }).waitFor();
    await walk(page, [['New key…', 'New key', 'made', 'The key was created.']]);
    // Enter moves the focus into the key, Escape back to the list.
    const list = page.getByRole('region', { name: 'Keys', exact: true });
    await list.getByRole('link', { name: 'hash' }).press('Enter');
    await expect.poll(() => focused(page)).toBe('Chosen key');
    await page.getByRole('button', { name: 'Expire…' }).waitFor();
    await walk(page, [
      ['Expire…', 'Expire the key', '9m', 'The key has a new time to live.'],
      ['Add field…', /Add field/, 'new', 'The field was saved.'],
      [/^Remove field f$/, /^Remove field f/, undefined, 'The field was removed.'],
    ]);
    expect(await cache.hkeys('hash')).toEqual(['new']);
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toBe('hash');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('made');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Chosen key' }).getByRole('heading', { name: 'made' }).waitFor();
    await walk(page, [['Delete…', 'Delete the key?', undefined, 'The key was deleted.']]);
    for (const key of ['a', 'c']) await page.getByRole('checkbox', { name: `Choose ${key}` }).press('Space');
    await walk(page, [
      ['Delete 2 chosen…', 'Delete 2 keys?', undefined, '2 keys deleted.'],
      ['Delete matching keys…', 'Delete 2 keys?', '*', '2 keys deleted.'],
    ]);
    expect(await cache.keys()).toEqual([]);
  });

  it('deletes everything after the name of the cache is typed', async () => {
    await start({ flush: true });
    await shown.admin.cache.set('k', 1);
    const page = await open('#view=server');
    await page.getByRole('button', { name: 'Refresh' }).press('Enter');
    await expect.poll(() => focused(page)).toBe('Refresh');
    const clear = await dialogOf(page.getByRole('button', { name: 'Clear…' }), 'Clear default?');
    await confirm(clear, 'other');
    await clear.getByRole('alert').getByText('confirm must be the name of the cache').waitFor();
    await page.keyboard.press('Escape');
    // The view refreshes behind the next dialog.
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    await page.route('**/api/caches/default', (route) => held.then(() => route.continue()));
    const flush = page.getByRole('button', { name: 'Flush…' });
    await page.getByRole('button', { name: 'Refresh' }).press('Enter');
    await flush.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const replaced = await flush.elementHandle();
    goOn();
    await expect.poll(() => replaced?.evaluate((element) => element.isConnected)).toBe(false);
    // The button works again as soon as its dialog is closed, before the next frame.
    const reopened = `(async () => {
      const escape = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
      document.querySelector('dialog').dispatchEvent(escape);
      for (let turn = 0; turn < 20; turn++) await undefined;
      document.activeElement.click();
      return document.querySelectorAll('dialog[open]').length;
    })()`;
    expect(await page.evaluate(reopened)).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => isFocused(flush)).toBe(true);
    await walk(page, [
      ['Clear…', 'Clear default?', 'default', '1 key deleted.'],
      ['Flush…', 'Flush the database of default?', 'default', 'The database was flushed.'],
    ]);
  });

  it('answers no dialog by a key that is still held down, or by the rest of a double click', async () => {
    await start();
    const { cache } = shown.admin;
    await cache.set('k', 1, '1h');
    const page = await open('#key=k');
    const expire = page.getByRole('button', { name: 'Expire…' });
    await expire.focus();
    await page.keyboard.down('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    const submit = dialog.getByRole('button', { name: 'Expire', exact: true });
    const { x = 0, y = 0 } = (await submit.boundingBox()) ?? {};
    await page.keyboard.press('Escape');
    await expire.evaluate((element, place) => Object.assign(element.style, place), {
      position: 'fixed',
      left: `${x}px`,
      top: `${y}px`,
    });
    await page.mouse.dblclick(x + 5, y + 5);
    await dialog.waitFor();
    expect(await submit.getAttribute('aria-disabled')).toBeNull();
    expect(await cache.pttl('k')).toBeGreaterThan(3_000_000);
  });

  it('keeps the focus where the user has taken it, whatever arrives later', async () => {
    await start();
    const { cache } = shown.admin;
    await cache.setMany({ a: 1, b: 2 });
    await Promise.all(['s1', 's2'].map((key) => cache.xadd(key, { any: 'thing' })));
    const page = await open('#key=a');
    const refresh = page.getByRole('button', { name: 'Refresh' });
    const pattern = page.getByRole('searchbox', { name: 'Pattern' });
    await refresh.waitFor();
    const load = await hold(page, '**/entry?**');
    await refresh.press('Enter');
    await load.sent;
    await pattern.focus();
    await load.release();
    await expect.poll(() => page.getByRole('region', { name: 'Chosen key' }).getAttribute('aria-busy')).toBeNull();
    expect(await isFocused(pattern)).toBe(true);
    // A question about another view must not appear.
    const sample = await hold(page, '**/keys/sample**');
    await page.getByRole('button', { name: 'Delete matching keys…' }).press('Enter');
    await page.getByRole('link', { name: 'Streams' }).press('Enter');
    await sample.release();
    const failing = await hold(page, '**/streams/groups?key=s1**');
    for (const name of ['s1', 's2']) await page.getByRole('link', { name }).press('Enter');
    const stream = page.getByRole('region', { name: 'Chosen stream' });
    await stream.getByText('No group reads this stream.').waitFor();
    await refresh.focus();
    await failing.release((route) => route.fulfill({ status: 503, json: {} }));
    // What comes after the answers shows that they have been read.
    await refresh.press('Enter');
    await page.getByText('2 streams.').waitFor();
    expect([await isFocused(refresh), await page.getByRole('dialog').count()]).toEqual([true, 0]);
    expect(await stream.getByRole('heading', { name: 's2' }).count()).toBe(1);
  });

  it('follows and cancels a deletion', async () => {
    await start();
    const { cache } = shown.admin;
    await cache.setMany(Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`k:${at}`, at])));
    // The second step waits until the deletion is cancelled.
    let [steps, goOn] = [0, (): void => undefined];
    const cancelled = new Promise<void>((resolve) => (goOn = resolve));
    const { deleteMany } = CachexService.prototype;
    const slow = vi.spyOn(CachexService.prototype, 'deleteMany').mockImplementation(async function (
      this: CachexService,
      ...args
    ) {
      if (++steps === 2) await cancelled;
      return deleteMany.apply(this, args);
    });
    onTestFinished(() => slow.mockRestore());
    const page = await open('#pattern=k:*');
    const dialog = await dialogOf(page.getByRole('button', { name: 'Delete matching keys…' }), 'Delete 3,000 keys?');
    await confirm(dialog, 'k:*');
    await dialog.getByText('keys deleted so far').waitFor();
    expect(await dialog.getByRole('progressbar', { name: 'Keys deleted' }).getAttribute('max')).toBe('3000');
    expect(await dialog.evaluate((element) => element.contains(element.ownerDocument.activeElement))).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByText(/deleted, then cancelled\./).waitFor();
    goOn();
    await expect.poll(() => hasPlace(page)).toBe(true);
    expect((await cache.keys()).length).toBeGreaterThan(0);
  });

  it('changes what only the cache knows, and learns of a faster administrator', async () => {
    await start();
    const end = await fill(shown.admin, 'name');
    const { cache } = shown.admin;
    await cache.xadd('name', { any: 'other' });
    await cache.xreadgroup('name', 'another', { name: '>' });
    const page = await open('#view=tags');
    await page.getByRole('button', { name: 'Count entries' }).press('Enter');
    await page.getByText('strings of version 1').waitFor();
    expect(await focused(page)).toBe('Count entries');
    await page.getByRole('link', { name: 'name', exact: true }).press('Enter');
    await expect.poll(() => focused(page)).toContain('Chosen tag');
    await page.getByRole('link', { name: 'Close' }).press('Enter');
    await expect.poll(() => focused(page)).toBe('name');
    await walk(page, [['Invalidate name', 'Invalidate the tag?', undefined, 'The tag was invalidated.']]);
    expect(await cache.get('key of name')).toBeUndefined();
    await page.goto(`${shown.admin.url}/cachex#view=locks`);
    await walk(page, [[/^Release lock name/, 'Release the lock?', undefined, 'The lock was released.']]);
    await page.goto(`${shown.admin.url}/cachex#view=streams&of=name`);
    await page.getByRole('button', { name: 'Show pending entries' }).press('Enter');
    await walk(page, [[/^Claim \d+-0/, /^Give .* to another consumer/, undefined, '1 claimed.']]);
    await page.goto(`${shown.admin.url}/cachex#view=streams&of=dead`);
    await page.getByRole('checkbox').press('Space');
    await walk(page, [['Replay 1 chosen…', 'Replay 1 letter?', undefined, '1 replayed.']]);
    await page.goto(`${shown.admin.url}/cachex#view=limits`);
    const reset = page.getByRole('button', { name: 'Reset name at signups' });
    const dialog = await dialogOf(reset, 'Reset this caller?');
    // Two administrators act at once.
    const caller = { algorithm: 'sliding', version: '1', name: 'signups', id: 'name' };
    expect((await shown.admin.post('/api/caches/default/limits/reset', caller)).status).toBe(200);
    await confirm(dialog);
    await dialog.getByRole('alert').getByText('The limiter no longer counts anything for this caller').waitFor();
    await page.keyboard.press('Escape');
    await cache.rateLimiter('signups', { limit: 5, window: '1h' }).consume('name');
    await page.getByRole('button', { name: 'Refresh' }).press('Enter');
    await page.getByText('1 caller.').waitFor();
    await walk(page, [['Reset name at signups', 'Reset this caller?', undefined, 'The caller was reset.']]);
    await end();
  });

  it.each([
    ['', 'keys', 450],
    ['#view=tags', 'tags', 1200],
  ] as const)('pages are gone through: %s', async (place, noun, count) => {
    await start();
    const { cache } = shown.admin;
    for (let at = 0; at < count; at++)
      await (noun === 'keys' ? cache.set(`k:${at}`, 1) : cache.set('k', 1, { tags: [`t:${at}`] }));
    const page = await open(place);
    // Screen readers read the text of an element that stays.
    const told = await page.getByText(`${noun} so far`).elementHandle();
    const more = page.getByRole('button', { name: 'Continue searching' });
    await more.focus();
    while ((await more.count()) > 0) {
      const before = await page.getByRole('row').count();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(before);
      await expect.poll(() => focused(page)).toMatch(/^(Continue searching|Tags in use|)$/);
      expect(await hasPlace(page)).toBe(true);
    }
    await page.getByText(`${count.toLocaleString()} ${noun}.`).waitFor();
    expect(await told?.textContent()).toBe(`${count.toLocaleString()} ${noun}.`);
  });
});

describe('each view', { timeout: 180_000 }, () => {
  const views = ['traffic', 'memory', 'commands', 'server'].map((view) => `#view=${view}`);
  const refused = JSON.stringify({ statusCode: 503, message: 'The server behind the cache does not answer' });

  it('reports that the server or the application is away, and continues when it is back', async () => {
    await start();
    const end = await fill(shown.admin, 'name');
    const page = await open();
    for (const place of [...views, ...placesOf('name')]) {
      for (const isServer of [true, false]) {
        await page.route('**/api/caches/default**', (route) =>
          isServer
            ? route.fulfill({ status: 503, contentType: 'application/json', body: refused })
            : route.abort('connectionrefused'),
        );
        await page.goto(`${shown.admin.url}/cachex#key=k`);
        await page.goto(`${shown.admin.url}/cachex${place}`);
        const alert = page.getByRole('alert').first();
        await alert.waitFor();
        const told = isServer ? 'The cache cannot be reached right now' : 'The application does not answer.';
        expect([place, await alert.textContent()]).toEqual([place, expect.stringContaining(told)]);
        await page.unroute('**/api/caches/default**');
        // The view of the process refreshes itself.
        await page.evaluate(`document.querySelectorAll('.failure button').forEach((button) => button.click())`);
        await page.getByRole('alert').filter({ hasText: /./ }).first().waitFor({ state: 'detached' });
        expect([place, await page.getByRole('main').getByRole('heading').count()]).not.toEqual([place, 0]);
      }
    }
    await end();
  });

  it('that refreshes itself reports an error once, keeps the focus, and rests in the background', async () => {
    await start();
    const page = await open('#view=scripts');
    await page.clock.install();
    for (const [view, everyMs, held] of [
      ['traffic', 15_000, page.getByRole('button', { name: 'Try again' })],
      ['process', 2000, page.getByRole('region', { name: 'Loads under way' })],
    ] as const) {
      let [asked, isRefused] = [0, true];
      const refused = JSON.stringify({ statusCode: 403, message: 'Forbidden resource' });
      await page.route(/\/default\/(history|process)/, async (route) => {
        asked++;
        await (isRefused
          ? route.fulfill({ status: 403, contentType: 'application/json', body: refused })
          : route.continue());
      });
      const again = async (): Promise<void> => {
        const answered = page.waitForResponse(/\/default\/(history|process)/);
        await page.clock.runFor(everyMs);
        await (await answered).finished();
      };
      await page.goto(`${shown.admin.url}/cachex#view=${view}`);
      const alert = page.getByRole('alert').filter({ hasText: 'Forbidden resource' });
      const shownOnce = await alert.elementHandle();
      await held.focus();
      for (let time = 0; time < 2; time++) await again();
      expect([view, await shownOnce?.evaluate((element) => element.isConnected)]).toEqual([view, true]);
      expect([view, await isFocused(held)]).toEqual([view, true]);
      isRefused = false;
      await again();
      await alert.waitFor({ state: 'detached' });
      expect([view, await hasPlace(page)]).toEqual([view, true]);
      await page.evaluate(`Object.defineProperty(document, 'hidden', { value: true, configurable: true })`);
      const before = asked;
      await page.clock.runFor(3 * everyMs);
      expect([view, asked - before]).toEqual([view, 0]);
      await page.evaluate(`delete document.hidden`);
      await page.unroute(/\/default\/(history|process)/);
    }
  });
});
