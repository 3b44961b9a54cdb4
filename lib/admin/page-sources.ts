import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const written = new URL('./page/', import.meta.url);

/**
 * The files of the page by name, with the library that draws its charts. The build puts their text in the place of this
 * module: a bundler takes no folder along.
 */
export function readPageSources(folder = written): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => /\.(css|html|js)$/.test(name));
  const own = names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
  return new Map([...own, ...readChartLibrary()].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** As a module of the page, with its licence. */
function readChartLibrary(): (readonly [name: string, text: string])[] {
  const { resolve } = createRequire(import.meta.url);
  const read = (path: string): string => readFileSync(resolve(`uplot/${path}`), 'utf8');
  return [
    ['uplot.css', read('dist/uPlot.min.css')],
    ['uplot.js', `/*!\n${read('LICENSE').trim()}\n*/\n${read('dist/uPlot.iife.min.js')}\nexport default uPlot;\n`],
  ];
}
