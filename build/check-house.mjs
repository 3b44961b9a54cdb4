/**
 * Part of `npm run lint`: the rooms of `lib/` import downwards only, types included, and through their doors. The table
 * in ARCHITECTURE.md defines the rooms, their order and their doors. Inside a room, no two folders import each other,
 * and no folder and its parent do.
 */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAX_LINES = 250;
const root = fileURLToPath(new URL('..', import.meta.url));
const lib = join(root, 'lib');

/** Rows such as `| \`connection/\` | \`index.ts\` | … |`, the lowest room first. */
async function readRooms() {
  const page = await readFile(join(root, 'ARCHITECTURE.md'), 'utf8');
  const rows = page.matchAll(/^\| `([\w.-]+)\/?` +\| (?:`([\w.-]+)`)? *\|/gm);
  return new Map([...rows].map(([, name, door], floor) => [name, { floor, door }]));
}

async function readSources() {
  const names = await readdir(lib, { recursive: true });
  const files = names.filter((name) => /\.[jt]s$/.test(name)).toSorted();
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(join(lib, file), 'utf8') })));
}

function* importsOf({ file, text }) {
  for (const [, specifier] of text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    yield relative(lib, join(lib, dirname(file), specifier)).replace(/\.js$/, '.ts');
  }
}

const roomOf = (file) => file.split('/')[0];

/** The folders of its own room that each folder imports from. */
function foldersOf(sources) {
  const imports = new Map();
  for (const source of sources) {
    const folder = dirname(source.file);
    const known = imports.get(folder) ?? imports.set(folder, new Set()).get(folder);
    for (const target of importsOf(source)) if (roomOf(target) === roomOf(source.file)) known.add(dirname(target));
  }
  return imports;
}

/** Whether one folder imports another, directly or through others. */
function reaches(imports, from, to, seen = new Set()) {
  return [...(imports.get(from) ?? [])].some((next) => {
    if (next === to) return true;
    if (seen.has(next)) return false;
    return reaches(imports, next, to, seen.add(next));
  });
}

function* circlesOf(source, imports) {
  const folder = dirname(source.file);
  for (const target of importsOf(source)) {
    const other = dirname(target);
    if (other === folder || roomOf(target) !== roomOf(source.file)) continue;
    if (reaches(imports, other, folder))
      yield `makes a circle of folders: ${other}/ imports ${folder}/, too (${target})`;
  }
}

function* faultsOf(source, rooms) {
  const { file, text } = source;
  const lines = text.trimEnd().split('\n').length;
  if (lines > MAX_LINES) yield `has ${lines} lines: divide it, ${MAX_LINES} is the limit`;
  const room = rooms.get(roomOf(file));
  if (!room) {
    yield `stands in a room that ARCHITECTURE.md does not list`;
    return;
  }
  for (const target of importsOf(source)) {
    const other = rooms.get(roomOf(target));
    if (!other || other === room) continue;
    if (other.floor > room.floor) yield `imports upwards: ${target}`;
    if (other.door && target !== `${roomOf(target)}/${other.door}`) yield `passes the door by: ${target}`;
  }
}

const [rooms, sources] = await Promise.all([readRooms(), readSources()]);
const folders = foldersOf(sources);
const faults = sources.flatMap((source) =>
  [...faultsOf(source, rooms), ...circlesOf(source, folders)].map((fault) => `lib/${source.file} ${fault}`),
);
const unused = [...rooms.keys()].filter((name) => !sources.some(({ file }) => roomOf(file) === name));
for (const name of unused) faults.push(`ARCHITECTURE.md lists ${name}, which is not in lib/`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
