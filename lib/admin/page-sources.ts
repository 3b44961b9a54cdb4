import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const written = new URL('./page/', import.meta.url);

/**
 * Reads the files of the page, and the chart library, by name. The build replaces this module with their text, because
 * a bundler does not copy a folder.
 */
export function readPageSources(folder = written): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => /\.(css|html|js)$/.test(name));
  const own = names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
  return new Map([...own, ...readChartLibrary()].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads the chart library as a module of the page, with its licence. */
function readChartLibrary(): (readonly [name: string, text: string])[] {
  const { resolve } = createRequire(import.meta.url);
  const read = (path: string): string => readFileSync(resolve(`uplot/${path}`), 'utf8');
  return [
    ['uplot.css', read('dist/uPlot.min.css')],
    ['uplot.js', `/*!\n${read('LICENSE').trim()}\n*/\n${read('dist/uPlot.iife.min.js')}\nexport default uPlot;\n`],
  ];
}
