import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Admin, type AdminSetup, openAdmin } from '../admin/open-admin.js';
import { openBrowser } from './open-browser.js';

export interface AdminInBrowser {
  /** The application under test. */
  readonly admin: Admin;
  start(setup?: AdminSetup): Promise<void>;
  /** Opens the page at a place. Failed requests, errors and refused scripts of the page fail the spec. */
  open(place?: string, options?: BrowserContextOptions): Promise<Page>;
}

/** The admin page for the specs of a file: one browser for all of them; application and pages end with each spec. */
export function adminInBrowser(watch: (page: Page) => void = () => undefined): AdminInBrowser {
  let browser: Browser | undefined;
  let admin: Admin | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    await admin?.app.close();
  });
  return {
    get admin() {
      return admin!;
    },
    start: async (setup = {}) => {
      admin = await openAdmin(setup);
    },
    open: async (place = '', options = {}) => {
      const context = await browser!.newContext(options);
      const page = await context.newPage();
      page.on('pageerror', (error) => expect.unreachable(String(error)));
      page.on('dialog', (dialog) => expect.unreachable(dialog.message()));
      watch(page);
      await page.goto(`${admin!.url}/cachex${place}`);
      return page;
    },
  };
}
