import { createHash } from 'node:crypto';
import { readPageSources } from './page-sources.js';

/** The page: one document with its style in it, and the modules of its script. */
export interface PageFiles {
  readonly document: string;
  /** Its Content-Security-Policy: what it may run and load. */
  readonly policy: string;
  readonly modules: ReadonlyMap<string, string>;
}

/** In the order in which they overrule each other. */
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
      // No string becomes markup: keys and values are text.
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
    modules: new Map(modules.map((name) => [name, read(name)])),
  };
}

const digestOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
