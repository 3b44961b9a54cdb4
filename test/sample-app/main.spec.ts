import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { endingWithFile } from '../children.js';
import { startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';
import { callsTo } from './open-shop.js';

const built = (file: string): string => fileURLToPath(new URL(`../../sample-app/dist/${file}`, import.meta.url));
const openAndClose = `
  import { NestFactory } from '@nestjs/core';
  import { AppModule } from ${JSON.stringify(built('app.module.js'))};
  const app = await NestFactory.create(AppModule);
  await app.listen(0, '127.0.0.1');
  await (await fetch(await app.getUrl() + '/products/moka-pot')).json();
  await app.close();
  console.log('closed');
`;
const started: ChildProcess[] = [];

afterEach(() => started.splice(0).forEach((child) => child.kill()));

/** Runs the built sample app as `npm start` does, on a free port. */
function run(env: NodeJS.ProcessEnv, args = [built('main.js')]) {
  const child = endingWithFile(spawn(process.execPath, args, { env: { PATH: process.env.PATH, PORT: '0', ...env } }));
  started.push(child);
  const exited = once(child, 'exit');
  let output = '';
  const printed = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => pattern.test(output) && resolve(output);
      look();
      child.stdout.on('data', look);
      child.once('close', () => look() || reject(new Error(`Ended without printing ${pattern}:\n${output}`)));
    });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  return { child, exited, printed };
}

async function urlOf({ printed }: ReturnType<typeof run>): Promise<string> {
  const output = await printed(/Stop the shop with/);
  return /The shop is open: (\S+)/.exec(output)![1]!;
}

describe('the started sample app', () => {
  it('prints what to try, serves it from the server in CACHEX_URL, and stops on SIGTERM', async () => {
    await using server = await startServer({ engine: 'valkey' });
    const shop = run({ CACHEX_URL: server.url, CACHEX_KEY_PREFIX: 'corner-shop' });
    const url = await urlOf(shop);
    expect(await shop.printed(/./)).toContain(`curl -i ${url}/products\n`);

    const { get, post } = callsTo(url);
    expect((await get('/products')).body).toHaveLength(4);
    expect((await post('/stock/scales/reserve', { quantity: 1 })).status).toBe(200);
    expect(await server.cli('HGET', 'corner-shop:1:{stock}:units', 'scales')).toBe('0');

    shop.child.kill('SIGTERM');
    expect(await shop.exited).toEqual([0, null]);
  });

  it('says if its port is taken', async () => {
    await using taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const shop = run({ PORT: String(port) });
    expect(await shop.exited).toEqual([1, null]);
    expect(await shop.printed(/./)).toContain(`Port ${port} is taken. Another one: PORT=${port + 1} npm start`);
  });

  it('leaves nothing behind that would keep the process alive', async () => {
    await using server = await startServer({ engine: 'redis' });
    const shop = run({ CACHEX_URL: server.url }, ['--input-type=module', '--eval', openAndClose]);
    await shop.printed(/^closed$/m);
    expect(await shop.exited).toEqual([0, null]);
  });

  it('keeps its data in its own process without a server', async () => {
    const shop = run({ PATH: '' });
    const url = await urlOf(shop);
    expect(await shop.printed(/./)).toContain('CACHEX_URL=redis://localhost:6379 npm start');

    const { get, post } = callsTo(url);
    expect((await post('/carts/ada/items', { productId: 'moka-pot', quantity: 2 })).status).toBe(201);
    expect((await post('/carts/ada/checkout')).status).toBe(201);
    const ranking = async () => (await get('/leaderboard')).body as unknown[];
    await waitFor(async () => (await ranking()).length > 0, { what: 'the order to be counted' });
    expect(await ranking()).toMatchObject([{ productId: 'moka-pot', sold: 2 }]);

    shop.child.kill('SIGINT');
    expect(await shop.exited).toEqual([0, null]);
  });
});
