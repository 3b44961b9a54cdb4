import { readFile, writeFile } from 'node:fs/promises';
import { rows } from './cells.mjs';
import { known } from './known.mjs';

const PAGE = new URL('../../docs/compatibility.md', import.meta.url);
const BEGIN = '<!-- The table is written by `npm run compat -- --write` -->';
const END = '<!-- end of the table -->';

/** Rows in order, a column for each Nest; footnotes give the reasons of red cells. */
export function tableOf(results) {
  const columns = [...new Set(results.map(({ column }) => column))].toSorted();
  const tried = new Set(results.map(({ row }) => row));
  const notes = [];
  const cellOf = (row, column) => {
    const result = results.find((each) => each.row === row && each.column === column);
    if (!result) return '–';
    if (!result.error) return '✓';
    const reason = known.get(`${column}, ${row}`);
    if (!reason) return '✗';
    if (!notes.includes(reason)) notes.push(reason);
    return `✗ (${notes.indexOf(reason) + 1})`;
  };
  const lines = rows
    .filter((row) => tried.has(row))
    .map((row) => [row, ...columns.map((column) => cellOf(row, column))]);
  const heads = ['tried with', ...columns];
  const widths = heads.map((head, index) => Math.max(3, head.length, ...lines.map((line) => line[index].length)));
  const print = (line) => `| ${line.map((text, index) => text.padEnd(widths[index])).join(' | ')} |`;
  const table = [print(heads), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(print)];
  return [...table, ...(notes.length > 0 ? [''] : []), ...notes.map((note, index) => `${index + 1}. ${note}`)].join(
    '\n',
  );
}

export function printTable(results) {
  console.log(`\n${tableOf(results)}\n`);
}

export async function writeTable(results) {
  const page = await readFile(PAGE, 'utf8');
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before < 0 || after < 0) throw new Error(`${PAGE.pathname} does not say where the table is`);
  await writeFile(PAGE, `${page.slice(0, before + BEGIN.length)}\n\n${tableOf(results)}\n\n${page.slice(after)}`);
}
