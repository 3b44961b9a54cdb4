// node bench/pages/growth.mjs: writes the tables and pictures of docs/growth.md from the last results.
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { curves } from '../growth/index.mjs';
import { plot } from '../growth/plot.mjs';
import { markdownTable, replaced, runOf } from './marks.mjs';

const page = new URL('../../docs/growth.md', import.meta.url);
const pictures = new URL('../../docs/growth/', import.meta.url);
const results = new URL('../results/latest.json', import.meta.url);

const cell = (number) => number.toLocaleString('en', { maximumSignificantDigits: 3 });

function table({ axis }, points) {
  const names = Object.keys(points[0]).filter((name) => name !== 'x');
  const rows = points.map((point) => [cell(point.x), ...names.map((name) => cell(point[name]))]);
  return markdownTable([[axis, ...names], ...rows], '-:');
}

const { parts, ...machine } = JSON.parse(await readFile(results, 'utf8'));
const { rows } = parts.growth;
let text = await readFile(page, 'utf8');
await mkdir(pictures, { recursive: true });
for (const [name, points] of Object.entries(rows)) {
  const curve = curves[name];
  await writeFile(new URL(`${name}.svg`, pictures), plot(curve, points));
  const picture = `![${curve.title}: ${curve.unit}, as in the table below](growth/${name}.svg)`;
  text = replaced(text, name, `${picture}\n\n${table(curve, points)}`);
}
text = replaced(text, 'run', runOf(machine, parts.growth));
await writeFile(page, text);
execFileSync('npx', ['oxfmt', fileURLToPath(page)]);
