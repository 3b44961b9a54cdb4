// node bench/growth/page.mjs: writes the tables and pictures of docs/growth.md from the last results.
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { curves } from './index.mjs';
import { plot } from './plot.mjs';

const page = new URL('../../docs/growth.md', import.meta.url);
const pictures = new URL('../../docs/growth/', import.meta.url);
const results = new URL('../results/latest.json', import.meta.url);

const cell = (number) => number.toLocaleString('en', { maximumSignificantDigits: 3 });

function table({ axis }, points) {
  const names = Object.keys(points[0]).filter((name) => name !== 'x');
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rows = points.map((point) => line([cell(point.x), ...names.map((name) => cell(point[name]))]));
  return [line([axis, ...names]), line(['-', ...names].map(() => '-:')), ...rows].join('\n');
}

/** Replaces the text between the marks of that name. */
function replaced(text, name, written) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [before, rest] = text.split(start);
  if (rest === undefined) throw new Error(`docs/growth.md has no ${start}`);
  return `${before}${start}\n\n${written}\n\n${end}${rest.split(end)[1]}`;
}

const { node, cpu, server, parts } = JSON.parse(await readFile(results, 'utf8'));
const { at, rows, stealPercent, isQuick } = parts.growth;
let text = await readFile(page, 'utf8');
await mkdir(pictures, { recursive: true });
for (const [name, points] of Object.entries(rows)) {
  const curve = curves[name];
  await writeFile(new URL(`${name}.svg`, pictures), plot(curve, points));
  const picture = `![${curve.title}: ${curve.unit}, as in the table below](growth/${name}.svg)`;
  text = replaced(text, name, `${picture}\n\n${table(curve, points)}`);
}
const version = /v=([\d.]+)/.exec(server)?.[1] ?? server;
const run = `${isQuick ? 'A short trial (`--quick`): ' : ''}${at.slice(0, 10)}, Node ${node}, server ${version}, ${cpu}; the host gave ${stealPercent} % of the processors to others.`;
text = replaced(text, 'run', run);
await writeFile(page, text);
execFileSync('npx', ['oxfmt', fileURLToPath(page)]);
