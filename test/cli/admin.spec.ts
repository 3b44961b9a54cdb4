import { randomUUID } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { openCache } from '../open-cache.js';
import { program } from './program.js';

interface Page {
  readonly child: ChildProcess;
  readonly url: string;
  readonly password: string;
}

async function serve(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Page> {
  const child = spawn(process.execPath, [program, 'admin', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const words: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    words.push(line);
    if (line.startsWith('password')) break;
  }
  return { child, url: words[0]!, password: words.at(-1)!.split(/\s+/)[1]! };
}

const get = (path: string, password?: string, headers?: Record<string, string>): Promise<Response> =>
  fetch(path, {
    headers: {
      ...headers,
      ...(password && { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` }),
    },
  });

interface Keys {
  readonly keys: readonly { readonly key: string }[];
}

async function keysOf({ url, password }: Page, pattern: string): Promise<string[]> {
  const { caches } = (await (await get(`${url}/api/caches`, password)).json()) as { caches: { name: string }[] };
  const path = `${url}/api/caches/${caches[0]!.name}/keys?pattern=${encodeURIComponent(pattern)}`;
  const found: string[] = [];
  let cursor = '';
  do {
    const page = (await (await get(`${path}${cursor}`, password)).json()) as Keys & { cursor?: string };
    found.push(...page.keys.map(({ key }) => key));
    cursor = page.cursor === undefined ? '' : `&cursor=${page.cursor}`;
  } while (cursor !== '');
  return found.toSorted();
}

describe('nest-cachex admin', () => {
  const connection = inject('connections')['redis standalone'] as string;

  it('shows each key of a server by its name there, or those of one cache, and ends on a signal', async () => {
    const keyPrefix = randomUUID();
    const cache = await openCache({ connection, keyPrefix });
    await cache.set('a', 1);
    await cache.getClient().set(`${keyPrefix} raw`, 1);
    await cache.close();

    const whole = await serve(['--url', connection]);
    expect(await keysOf(whole, `${keyPrefix}*`)).toEqual([`${keyPrefix} raw`, `${keyPrefix}:1:a`]);
    const one = await serve(['--key-prefix', keyPrefix], {
      CACHEX_URL: connection,
      NEST_CACHEX_ADMIN_PASSWORD: 'mine',
    });
    expect(one.password).toBe('mine');
    expect(await keysOf(one, '*')).toEqual(['a']);

    for (const [signal, { child }] of [
      ['SIGTERM', whole],
      ['SIGINT', one],
    ] as const) {
      const ended = once(child, 'exit');
      child.kill(signal);
      expect(await ended).toEqual([0, null]);
    }
  });

  it('refuses requests without its password, and with names other than this machine’s', async () => {
    const { url, password } = await serve(['--url', 'memory://', '--read-only']);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/cachex$/);
    for (const wrong of [undefined, 'x', `${password}x`]) {
      const refused = await get(url, wrong);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toContain('Basic');
    }
    expect((await get(url, password)).status).toBe(200);
    expect((await get(`${url}/api/caches`, password)).status).toBe(200);
  });

  it('imports the longest line that it exports', async () => {
    const { url, password } = await serve(['--url', 'memory://']);
    const record = { v: 1, key: 'k', type: 'string', ttlMs: null, form: 'values', content: '"'.repeat(600_000) };
    const response = await fetch(`${url}/api/caches/default/import`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`,
        'content-type': 'application/json',
        'x-cachex-admin': '1',
      },
      body: JSON.stringify({ lines: [JSON.stringify(record)], first: 1 }),
    });
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ imported: 1 })]);
  });
});
