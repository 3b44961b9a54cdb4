import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { apiGroups, type ApiPage } from './api/pages.js';
import { writeApi } from './api/write.js';
import { markdown } from './markdown.js';
import { groups } from './pages.js';
import { playground } from './playground/vite.js';
import { slug } from './slug.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const docs = join(root, 'docs');
const { version, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  description: string;
};

const changelog = join(root, 'CHANGELOG.md');

/** What a page calls itself. */
const titleOf = (page: string): string => /^# (.+)$/m.exec(readFileSync(join(docs, `${page}.md`), 'utf8'))![1]!;

const items = (pages: readonly string[]) => pages.map((page) => ({ text: titleOf(page), link: `/${page}` }));

const apiItems = (pages: readonly ApiPage[]) => pages.map(({ slug, title }) => ({ text: title, link: `/api/${slug}` }));

/** The pages of a group, for programs. */
const list = (title: string, pages: readonly { text: string; link: string }[]): string =>
  [`## ${title}`, '', ...pages.map(({ text, link }) => `- [${text}](${link}.md)`), ''].join('\n');

/** For those who read with a program: each page as it was written, and a list of them. */
async function writeMarkdown(outDir: string): Promise<void> {
  for (const folder of ['', 'api', 'changelog'])
    for (const file of await readdir(join(docs, folder)))
      if (file.endsWith('.md')) await copyFile(join(docs, folder, file), join(outDir, folder, file));
  await cp(join(docs, 'screenshots'), join(outDir, 'screenshots'), { recursive: true });
  const lists = [
    ...Object.entries(groups).map(([group, pages]) => list(group, items(pages))),
    list('API', [{ text: 'All names', link: '/api/index' }, ...apiItems(Object.values(apiGroups).flat())]),
    list('Versions', [{ text: 'Changelog', link: '/changelog/index' }]),
  ];
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

/** What Git does not hold: the API from the docstrings, the changelog, and Mermaid as its package ships it. */
async function writePages(): Promise<void> {
  writeApi(root, titleOf);
  await mkdir(join(docs, 'changelog'), { recursive: true });
  await copyFile(changelog, join(docs, 'changelog', 'index.md'));
  for (const part of ['mermaid.esm.min.mjs', 'chunks/mermaid.esm.min'])
    await cp(join(docs, 'node_modules/mermaid/dist', part), join(docs, 'public/mermaid', part), {
      recursive: true,
      filter: (source) => !source.endsWith('.map'),
    });
}

/** A drawer of three boxes: readable at 16 pixels, on light and dark tabs. */
const icon = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="#3a7bd5">',
  ...[1, 6, 11].map((y) => `<rect x="1" y="${y}" width="14" height="4" rx="1"/>`),
  '</svg>',
].join('');

/** Each version in the changelog, the newest first. */
const releases = [...readFileSync(changelog, 'utf8').matchAll(/^## (.+)$/gm)].map(([, release]) => ({
  text: release!,
  link: `/changelog/#${slug(release!)}`,
}));

await writePages();

export default defineConfig({
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  title: 'nest-cachex',
  description,
  srcExclude: ['node_modules'],
  cleanUrls: true,
  lastUpdated: false,
  vite: { plugins: [playground()] },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: markdown,
    anchor: { slugify: slug },
    headers: { slugify: slug },
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/configuration' },
      { text: 'Methods', link: '/methods' },
      { text: 'Playground', link: '/playground' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: version, items: [...releases, { text: 'Compatibility', link: '/compatibility' }] },
    ],
    sidebar: {
      '/': Object.entries(groups).map(([text, pages]) => ({ text, items: items(pages) })),
      '/api/': [
        { text: 'API', link: '/api/' },
        ...Object.entries(apiGroups).map(([text, pages]) => ({ text, items: apiItems(pages) })),
      ],
    },
    outline: [2, 3],
  },
  buildEnd: ({ outDir }) => writeMarkdown(outDir),
});
