import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { groups } from '../../docs/.vitepress/pages.js';
import { slug } from '../../docs/.vitepress/slug.js';
import { pages } from './examples.js';

const root = new URL('../../', import.meta.url);
const others = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'sample-app/README.md'];

const withoutCode = (text: string): string => text.replaceAll(/^```.*?^```$/gms, '');
const textOf = (page: string | URL): string => withoutCode(readFileSync(new URL(page, root), 'utf8'));

/** Headings as readers see them: without backticks, and links as their text. */
const anchorsOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slug(heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'))),
  );

/** The targets of a page's links that do not exist. */
function deadLinksOf(page: string): string[] {
  const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path, anchor] = link.split('#') as [string, string?];
    const target = path ? new URL(path, new URL(page, root)) : new URL(page, root);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(textOf(target)).has(anchor);
  });
}

describe.each([...pages, ...others])('%s', (page) => {
  it('has no dead link', () => {
    expect(deadLinksOf(page)).toEqual([]);
  });
});

describe('the site', () => {
  it('lists every page once', () => {
    const written = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/index.md');
    const listed = Object.values(groups).flatMap((group) => group.map((page) => `docs/${page}.md`));
    expect(listed.toSorted()).toEqual(written.toSorted());
  });

  it.each(pages)('%s is no longer than 400 lines', (page) => {
    expect(readFileSync(new URL(page, root), 'utf8').split('\n').length).toBeLessThanOrEqual(400);
  });

  it('the README has no more than 1,200 words', () => {
    expect(readFileSync(new URL('README.md', root), 'utf8').split(/\s+/).length).toBeLessThanOrEqual(1200);
  });
});
