import type { Browser, BrowserContextOptions, Page, Route } from 'playwright-core';
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

/** A request that the page has sent, and whose answer is held back. */
export interface HeldRequest {
  /** Resolves when the page has sent it. */
  readonly sent: Promise<Route>;
  /** Sends it on, or does something else with it. */
  release(answer?: (route: Route) => Promise<void>): Promise<void>;
}

/** Holds back the next request whose address matches. */
export async function hold(page: Page, url: string): Promise<HeldRequest> {
  let catchIt!: (route: Route) => void;
  const sent = new Promise<Route>((resolve) => (catchIt = resolve));
  await page.route(url, catchIt, { times: 1 });
  return {
    sent,
    release: async (answer = (route) => route.continue()) => {
      const route = await sent;
      const ended = page.waitForEvent('requestfinished', (request) => request === route.request());
      await answer(route);
      await ended;
    },
  };
}
