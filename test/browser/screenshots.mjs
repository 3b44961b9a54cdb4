/**
 * Takes the pictures of docs/admin.md, of a shop on a busy evening: `npm run build && npm run screenshots`. Needs
 * Chromium and redis-server, like the specs.
 */
import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Module } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { CachexModule, CachexService } from 'nest-cachex';
import { CachexAdminModule } from 'nest-cachex/admin';
import { chromium } from 'playwright-core';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const size = { width: 1200, height: 720 };
const mostBytes = 60_000;

const folder = await mkdtemp(join(tmpdir(), 'screenshots-'));
const port = 20_000 + Math.floor(Math.random() * 10_000);
const config = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
const server = spawn(process.env.REDIS_SERVER ?? 'redis-server', config, { stdio: ['ignore', 'pipe', 'inherit'] });
await new Promise((resolve) =>
  server.stdout.on('data', (text) => String(text).includes('Ready to accept connections') && resolve()),
);

class Shop {}
const cacheOptions = {
  connection: `redis://127.0.0.1:${port}`,
  keyPrefix: 'shop',
  timeout: '1h',
  serializer: 'json',
};
Module({
  imports: [CachexModule.forRoot(cacheOptions), CachexAdminModule.forRoot({ user: () => 'ada', flush: true })],
})(Shop);
const app = await NestFactory.create(Shop, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
const url = `${await app.getUrl()}/cachex`;
const cache = app.get(CachexService);
const recorder = [...app.get(ModulesContainer).values()]
  .flatMap(({ providers }) => [...providers.values()])
  .find(({ name }) => name === 'Recorder').instance;

const range = (length, of) => Array.from({ length }, (_, at) => of(at + 1));
const adjectives = ['Wooden', 'Folding', 'Oak', 'Brass', 'Linen', 'Enamel', 'Walnut', 'Copper'];
const things = ['desk', 'lamp', 'chair', 'shelf', 'kettle', 'vase', 'mirror', 'rug', 'stool'];
const product = (id) => ({
  id,
  name: `${adjectives[id % adjectives.length]} ${things[id % things.length]}`,
  price: { amount: 19 + ((id * 37) % 400), currency: 'EUR' },
  inStock: (id * 7) % 40,
  tags: ['furniture', id % 3 === 0 ? 'sale' : 'new'],
});

async function fillShop() {
  for (const id of range(240, (at) => at)) {
    const tags = ['prices', `category:${id % 6}`];
    await cache.set(`product:${id}`, product(id), { tags, timeout: `${10 + (id % 50)}m` });
  }
  await cache.setMany(Object.fromEntries(range(80, (id) => [`cart:${1000 + id}`, { items: id % 5, total: id * 19 }])), {
    timeout: '3d',
  });
  await cache.setMany(
    Object.fromEntries(range(60, (id) => [`search:${things[id % 9]} ${id}`, range(40, (at) => at * id)])),
    {
      timeout: '10m',
    },
  );
  await cache.set('report:turnover of the year', { rows: range(4000, (at) => [at, at * 3.5]) }, { timeout: null });
  await cache.set('report:stock', { rows: range(1500, (at) => [at, at % 90]) }, { timeout: null });
  await cache.set('feature:checkout-2', true, { timeout: null });
  await cache.hset('rates', { EUR: 1, USD: 1.09, GBP: 0.86, CHF: 0.95 });
  await cache.zadd('bestsellers', Object.fromEntries(range(30, (id) => [`product:${id}`, 400 - id * 11])));
}

/** An hour of traffic; after two thirds of it, somebody deletes the products. */
async function live() {
  const now = Math.floor(Date.now() / 60_000);
  const products = range(240, (id) => `product:${id}`);
  const others = [...range(60, (id) => `cart:${1000 + id}`), ...range(30, (id) => `search:${things[id % 9]} ${id}`)];
  for (let before = 58; before > 0; before--) {
    if (before === 20) {
      const body = JSON.stringify({ pattern: 'product:*' });
      const headers = { 'x-cachex-admin': '1', 'content-type': 'application/json' };
      await (await fetch(`${url}/api/caches/default/keys/delete`, { method: 'POST', headers, body })).text();
    }
    const many = 3 + Math.round(2 * Math.sin(before / 6));
    for (let round = 0; round < many; round++) {
      await cache.getMany([
        ...products,
        ...others,
        `search:nothing ${before}`,
        ...range(4, (id) => `cart:${id * before}`),
      ]);
      for (const key of others.slice(0, 20)) await cache.get(key);
    }
    // The products come back one after the other.
    if (before < 20)
      for (const id of range(6, (at) => (20 - before) * 6 + at)) await cache.set(`product:${id}`, product(id), '30m');
    await recorder.turn(now - before);
  }
}

async function claim() {
  const held = [
    cache.lock('stock:product:7', { timeout: '2m' }),
    cache.semaphore('payment-gateway', 5, { weight: 2, timeout: '1m' }),
    cache.rwLock('price-list', { timeout: '5m' }).write(),
  ];
  for (const each of held) await each.acquire();
  const stop = new AbortController();
  const waiting = [
    ...range(4, () => cache.lock('stock:product:7').acquire({ signal: stop.signal })),
    cache.rwLock('price-list').read().acquire({ signal: stop.signal }),
  ];
  for (const each of waiting) each.catch(() => undefined);
  const leader = cache.leader('nightly-report');
  await once(leader, 'elected');
  return async () => {
    stop.abort();
    await Promise.allSettled(waiting);
    await leader.stop();
    for (const each of held) await each.release();
  };
}

async function orders() {
  await cache.xgroupCreate('orders', 'mail', '0', { mkstream: true });
  await cache.xgroupCreate('orders', 'invoices', '0');
  for (const id of range(48, (at) => at)) await cache.xadd('orders', { order: 7000 + id, total: 20 + id });
  await cache.xreadgroup('mail', 'mail-1', { orders: '>' }, { count: 30 });
  await cache.xreadgroup('mail', 'mail-2', { orders: '>' }, { count: 6 });
  await cache.xreadgroup('invoices', 'invoices-1', { orders: '>' }, { count: 48 });
  const letter = { stream: 'orders', group: 'mail', deliveries: 5 };
  const errors = ['550 no such mailbox', 'connect ETIMEDOUT mail.shop.test:25', '550 no such mailbox'];
  for (const [at, error] of errors.entries())
    await cache.xadd('orders:dead', { ...letter, id: `170000000000${at}-0`, error, fields: { order: 7003 + at } });
}

/** Playwright writes only PNG and JPEG. */
async function take(page, name) {
  const session = await page.context().newCDPSession(page);
  for (const quality of [80, 60, 40]) {
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality });
    const file = here(`../../docs/screenshots/${name}.webp`);
    await writeFile(file, Buffer.from(data, 'base64'));
    if ((await stat(file)).size < mostBytes) return;
  }
  throw new Error(`${name} is larger than ${mostBytes} bytes`);
}

await fillShop();
await live();
const end = await claim();
await orders();

const binary = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const env = { ...process.env, BROWSER: binary };
const browser = await chromium.launch({ executablePath: here('chromium.sh'), args, env });

async function look(place, colorScheme = 'light') {
  const context = await browser.newContext({ viewport: size, colorScheme, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${url}${place}`);
  await page.getByRole('region').first().waitFor();
  return page;
}

const keys = await look('#pattern=product:*&key=product:7');
await keys.locator('.editor').waitFor();
await take(keys, 'keys');
const traffic = await look('#view=traffic');
await traffic.getByText('The hit rate has fallen').waitFor();
await take(traffic, 'traffic');
const memory = await look('#view=memory');
await memory.getByText('Largest keys').first().waitFor();
await take(memory, 'memory');
const locks = await look('#view=locks');
await locks.getByText('are held.').waitFor();
await take(locks, 'locks');
const streams = await look('#view=streams&of=orders:dead', 'dark');
await streams.getByRole('checkbox').first().waitFor();
await streams.getByRole('checkbox').first().check();
await take(streams, 'streams-dark');

await browser.close();
await end();
await app.close();
server.kill();
await once(server, 'exit');
await rm(folder, { recursive: true });
