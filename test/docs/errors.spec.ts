import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { slug } from '../../docs/.vitepress/slug.js';

const folder = new URL('../../lib/errors/', import.meta.url);
const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

it('every error code has a section on the page of errors, and every section a code', () => {
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const codes = sources.flatMap((source) => [...source.matchAll(/return '(CACHEX_\w+)'/g)].map(([, code]) => code));
  const described = [...page.matchAll(/^### (CACHEX_\w+)$/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(15);
  expect(described.toSorted()).toEqual(codes.toSorted());
  // Error messages link to this anchor.
  expect(described.map((code) => slug(code!))).toEqual(described);
});
