import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('./page/', import.meta.url);

/** The files of the page by name. The build puts their text in the place of this module: a bundler takes no folder along. */
export function readPageSources(): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
  );
}
