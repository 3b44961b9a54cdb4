import { createHash } from 'node:crypto';
import { readPageSources } from './page-sources.js';

/** The files of the page: one document with inline styles, and the modules of its script. */
export interface PageFiles {
  readonly document: string;
  /** The Content-Security-Policy of the document. */
  readonly policy: string;
  readonly modules: ReadonlyMap<string, string>;
}

/** Later files override earlier ones. */
const styles = ['uplot.css', 'frame.css', 'controls.css', 'data.css', 'own.css', 'charts.css', 'narrow.css'];

export function readPageFiles(): PageFiles {
  const sources = readPageSources();
  const read = (name: string): string => sources.get(name) ?? '';
  const style = styles.map(read).join('');
  const start = read('start.js');
  const document = read('page.html')
    .replace('<!-- style -->', () => `<style>${style}</style>`)
    .replace('<!-- script -->', () => `<script type="module">${start}</script>`);
  const modules = [...sources.keys()].filter((name) => name.endsWith('.js') && name !== 'start.js');
  return {
    document,
    policy: [
      "default-src 'none'",
      `script-src 'self' '${digestOf(start)}'`,
      `style-src '${digestOf(style)}'`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      // Keys and values must stay text: no string may become markup.
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
    modules: new Map(modules.map((name) => [name, read(name)])),
  };
}

const digestOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
