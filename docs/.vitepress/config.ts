import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { markdown } from './markdown.js';
import { groups } from './pages.js';
import { playground } from './playground/vite.js';
import { slug } from './slug.js';

const docs = fileURLToPath(new URL('..', import.meta.url));
const { version, description } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
  description: string;
};

/** What a page calls itself. */
const titleOf = (page: string): string => /^# (.+)$/m.exec(readFileSync(join(docs, `${page}.md`), 'utf8'))![1]!;

const items = (pages: readonly string[]) => pages.map((page) => ({ text: titleOf(page), link: `/${page}` }));

/** For those who read with a program: each page as it was written, and a list of them. */
async function writeMarkdown(outDir: string): Promise<void> {
  for (const file of await readdir(docs))
    if (file.endsWith('.md')) await copyFile(join(docs, file), join(outDir, file));
  await cp(join(docs, 'screenshots'), join(outDir, 'screenshots'), { recursive: true });
  const lists = Object.entries(groups).map(([group, pages]) =>
    [`## ${group}`, '', ...pages.map((page) => `- [${titleOf(page)}](/${page}.md)`), ''].join('\n'),
  );
  await writeFile(
    join(outDir, 'llms.txt'),
    [`# nest-cachex ${version}`, '', `> ${description}`, '', ...lists].join('\n'),
  );
}

/** A page that nobody can find is none. */
const listed = new Set(Object.values(groups).flat());
const lost = readdirSync(docs).filter(
  (file) => file.endsWith('.md') && file !== 'index.md' && !listed.has(file.slice(0, -3)),
);
if (lost.length > 0) throw new Error(`docs/${lost.join(', docs/')}: name them in docs/.vitepress/pages.ts`);

export default defineConfig({
  title: 'nest-cachex',
  description,
  srcExclude: ['node_modules'],
  cleanUrls: true,
  lastUpdated: false,
  vite: { plugins: [playground()] },
  markdown: { config: markdown, anchor: { slugify: slug }, headers: { slugify: slug } },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/configuration' },
      { text: 'Methods', link: '/methods' },
      { text: 'Playground', link: '/playground' },
      { text: version, items: [{ text: 'Compatibility', link: '/compatibility' }] },
    ],
    sidebar: Object.entries(groups).map(([text, pages]) => ({ text, items: items(pages) })),
    outline: [2, 3],
  },
  buildEnd: ({ outDir }) => writeMarkdown(outDir),
});
