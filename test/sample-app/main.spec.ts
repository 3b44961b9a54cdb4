import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
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

// SIGTERM, as a killed shop could not take its Redis along.
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGTERM')));

/** Runs the built sample app as `npm start` does, on a free port. */
function run(env: NodeJS.ProcessEnv, args = [built('main.js')]) {
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, PORT: '0', ...env } });
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

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('the started sample app', () => {
  it('prints what to try, serves it from the server that CACHEX_URL names, and stops on SIGTERM', async () => {
    await using server = await startServer({ engine: 'valkey' });
    const shop = run({ CACHEX_URL: server.url, CACHEX_KEY_PREFIX: 'corner-shop' });
    const url = await urlOf(shop);
    expect(await shop.printed(/./)).toContain(`curl ${url}/products\n`);

    const { get, post } = callsTo(url);
    expect((await get('/products')).body).toHaveLength(4);
    expect((await post('/stock/scales/reserve', { quantity: 1 })).status).toBe(200);
    expect(await server.cli('HGET', 'corner-shop:1:stock', 'scales')).toBe('0');

    shop.child.kill('SIGTERM');
    expect(await shop.exited).toEqual([0, null]);
  });

  it('leaves nothing behind that would keep the process alive', async () => {
    await using server = await startServer({ engine: 'redis' });
    const shop = run({ CACHEX_URL: server.url }, ['--input-type=module', '--eval', openAndClose]);
    await shop.printed(/^closed$/m);
    expect(await shop.exited).toEqual([0, null]);
  });

  it('brings a server of its own where none is named, and takes it along when it stops', async () => {
    const shop = run({});
    const url = await urlOf(shop);
    expect((await callsTo(url).get('/products')).body).toHaveLength(4);
    const port = Number(/redis-cli -p (\d+)/.exec(await shop.printed(/redis-cli -p/))![1]);
    expect(await isListening(port)).toBe(true);
    shop.child.kill('SIGINT');
    expect(await shop.exited).toEqual([0, null]);
    await waitFor(async () => !(await isListening(port)), { what: 'its server to be gone' });
  });

  it('says what to do where there is no server at all', async () => {
    const shop = run({ PATH: '' });
    await shop.printed(/CACHEX_URL=redis:\/\/localhost:6379 npm start/);
    expect(await shop.exited).toEqual([1, null]);
  });
});
