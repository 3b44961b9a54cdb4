import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiWriter } from './page.js';
import { apiGroups } from './pages.js';
import { readSurface } from './surface.js';

/** Writes `docs/api/`: a page for each group of public names, and an index of all of them. */
export function writeApi(root: string, titleOf: (page: string) => string): void {
  const writer = new ApiWriter(readSurface(root), titleOf);
  const folder = join(root, 'docs', 'api');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const page of Object.values(apiGroups).flat()) {
    writeFileSync(join(folder, `${page.slug}.md`), `${writer.page(page)}\n`);
  }
  const lists = Object.entries(apiGroups).flatMap(([group, pages]) => [
    `## ${group}`,
    ...pages.map((page) => `[**${page.title}**](/api/${page.slug}): ${writer.index(page)}`),
  ]);
  const intro =
    'Every name that the package exports, from its docstrings: signatures, errors, examples, Redis commands.';
  writeFileSync(join(folder, 'index.md'), ['# API', intro, ...lists, ''].join('\n\n'));
}
