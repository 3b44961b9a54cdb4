import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiGroups } from '../../docs/.vitepress/api/pages.js';
import { groups } from '../../docs/.vitepress/pages.js';
import { endingWithFile } from '../children.js';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/** Held by the run that builds; contains its process id. */
const turn = join(docs, '.vitepress/cache/turn');

/** `npm run docs`, into a folder of this run; already installed packages are not installed again. */
describe('the site', () => {
  const site = mkdtempSync(join(tmpdir(), 'nest-cachex-site-'));
  let pages: Map<string, Page>;

  beforeAll(async () => {
    await waitForTurn();
    if (!isInstalled()) await run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--silent']);
    await run(process.execPath, ['node_modules/vitepress/bin/vitepress.js', 'build', '--outDir', site]);
    rmSync(turn);
    pages = pagesOf(site);
  }, 600_000);

  afterAll(() => rmSync(site, { recursive: true, force: true }));

  const guide = Object.values(groups).flat();
  const api = Object.values(apiGroups).flatMap((group) => group.map(({ slug }) => `api/${slug}`));
  const all = [...guide, ...api, 'api/index', 'changelog/index'];

  it('has each page for readers and for programs', () => {
    const list = readFileSync(join(site, 'llms.txt'), 'utf8');
    const lacking = all.filter(
      (page) => !pages.has(`/${page}.html`) || !existsSync(join(site, `${page}.md`)) || !list.includes(`(/${page}.md)`),
    );
    expect(lacking).toEqual([]);
  });

  it('has no link that leads nowhere', () => {
    expect(pages.size).toBeGreaterThan(all.length);
    const dead = [...pages].flatMap(([path, page]) =>
      page.links.filter((link) => !leadsSomewhere(link, path)).map((link) => `${path}: ${link}`),
    );
    expect(dead).toEqual([]);
  });

  it('describes each diagram in words, and hosts Mermaid itself', () => {
    const labels = [...pages.values()].flatMap(({ diagrams }) => diagrams);
    expect(labels.length).toBeGreaterThanOrEqual(6);
    expect(labels.filter((label) => label.length < 40)).toEqual([]);
    expect(existsSync(join(site, 'mermaid/mermaid.esm.min.mjs'))).toBe(true);
  });

  function leadsSomewhere(link: string, from: string): boolean {
    const { pathname, hash } = new URL(link, `http://site${from}`);
    const path = decodeURI(pathname);
    const page = [path, `${path}.html`, `${path}index.html`].map((name) => pages.get(name)).find(Boolean);
    if (!page) return existsSync(join(site, path)) && !path.endsWith('/');
    return hash === '' || page.ids.has(decodeURIComponent(hash.slice(1)));
  }
});

interface Page {
  readonly links: readonly string[];
  readonly ids: ReadonlySet<string>;
  readonly diagrams: readonly string[];
}

function pagesOf(site: string): Map<string, Page> {
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));
  return new Map(files.map((file) => [`/${file}`, pageOf(readFileSync(join(site, file), 'utf8'))]));
}

function pageOf(html: string): Page {
  const all = (pattern: RegExp): string[] => [...html.matchAll(pattern)].map(([, found]) => found!);
  const links = all(/<a [^>]*?href="([^"]+)"/g).filter((link) => !/^(https?|mailto):/.test(link));
  return { links, ids: new Set(all(/ id="([^"]+)"/g)), diagrams: all(/class="diagram"[^>]*? aria-label="([^"]+)"/g) };
}

function isInstalled(): boolean {
  const [installed, wanted] = ['node_modules/.package-lock.json', 'package-lock.json'].map((file) => join(docs, file));
  return existsSync(installed!) && statSync(installed!).mtimeMs >= statSync(wanted!).mtimeMs;
}

/** A build writes to `docs/api` and to folders of VitePress, so another run of the suite waits for its end. */
async function waitForTurn(): Promise<void> {
  mkdirSync(join(docs, '.vitepress/cache'), { recursive: true });
  for (;;) {
    try {
      writeFileSync(turn, String(process.pid), { flag: 'wx' });
      return;
    } catch {
      if (existsSync(turn) && !isRunning(Number(readFileSync(turn, 'utf8')))) rmSync(turn, { force: true });
      await delay(100);
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** With low priority, so that other specs go first. */
async function run(command: string, args: readonly string[]): Promise<void> {
  const child = endingWithFile(spawn('nice', [command, ...args], { cwd: docs, stdio: ['ignore', 'pipe', 'pipe'] }));
  const said: unknown[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said.join('')}`);
}
