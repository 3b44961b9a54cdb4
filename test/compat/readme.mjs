import { readFileSync } from 'node:fs';

const README = new URL('../../README.md', import.meta.url);

/** The files of the README's first example by path: a new user copies them. */
export function readExample({ esm }) {
  const text = readFileSync(README, 'utf8');
  const blocks = [...text.matchAll(/^```ts\n\/\/ (src\/\S+)\n(.*?)^```$/gms)];
  if (blocks.length < 4) throw new Error('The README has no first example any more: code that begins with "// src/…"');
  // The README requires this for projects of Nest 11.
  const written = (code) => (esm ? code : code.replaceAll(/(from '\.[^']*)\.js'/g, "$1'"));
  return new Map(blocks.map(([, path, code]) => [path, written(code)]));
}
