/**
 * `npm run compat`: packs the library and tests it in fresh projects, in a temporary folder. Of the network, it needs
 * only the registry.
 *
 *   --only <regexp>  cells by their names, such as "Nest 11, npm"
 *   --keep           leaves the projects where they are
 *   --write          puts the table into docs/compatibility.md
 *
 * Exits with 1 if a cell is red without a known reason.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { projects, tools as packages } from './cells.mjs';
import { known } from './known.mjs';
import { createProject } from './project.mjs';
import { startServer } from './server.mjs';
import { run } from './shell.mjs';
import { printTable, writeTable } from './table.mjs';

const AT_A_TIME = 2;
const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

const { values: options } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});

const only = new RegExp(options.only);
const nameOf = ({ column }, { row }) => `${column}, ${row}`;

const wanted = projects
  .map((project) => ({
    ...project,
    cells: project.cells.filter((cell) => only.test(nameOf(project, cell))),
  }))
  .filter(({ cells }) => cells.length > 0);

const folder = await mkdtemp(join(tmpdir(), 'nest-cachex-compat-'));
const tools = join(folder, 'tools');
const results = [];

/** All installs share one cache. */
const npm = {
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_loglevel: 'error',
  npm_config_yes: 'true',
};

async function installTools() {
  const needed = new Set(
    wanted.flatMap(({ cli, tools = [], cells }) => [
      cli,
      ...tools,
      ...cells.flatMap(({ tools = [], node }) => (node ? [...tools, `node-${node}`] : tools)),
    ]),
  );
  await inTurns([...needed], async (name) => {
    const cwd = join(tools, name);
    await mkdir(cwd, { recursive: true });
    await run(`npm init -y && npm install ${packages[name].join(' ')}`, { cwd, env: npm });
  });
}

/** A few at a time: CI machines have two processors. */
async function inTurns(items, work) {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

async function pack() {
  await run(`npm pack --ignore-scripts --pack-destination "${folder}"`, { cwd: root });
  await run('mv nest-cachex-*.tgz nest-cachex.tgz', { cwd: folder });
  return join(folder, 'nest-cachex.tgz');
}

async function tryProject(project, index, shared) {
  const name = `project-${index}`;
  const cwd = join(folder, name);
  const env = { ...npm, ...shared, ...project.env, PROJECT: cwd, PROJECT_NAME: name, CACHEX_KEY_PREFIX: name };
  const began = performance.now();
  const failed = await failureOf(async () => {
    await createProject(project, { folder: cwd, tools });
    await run(project.install, { cwd, env: { ...env, ...onNode(project.cells[0]?.node) } });
  });
  report(`${project.column}: ${project.install.slice(0, 60)}…`, began, failed);
  for (const cell of project.cells) {
    const start = performance.now();
    const error = failed ?? (await failureOf(() => tryCell(cell, { cwd, env: { ...env, ...onNode(cell.node) } })));
    results.push({ row: cell.row, column: project.column, error });
    report(nameOf(project, cell), start, error);
  }
  if (!options.keep) await rm(cwd, { recursive: true, force: true });
}

const onNode = (version) =>
  version ? { PATH: `${join(tools, `node-${version}`, 'node_modules/node/bin')}:${process.env.PATH}` } : {};

async function tryCell({ steps }, surroundings) {
  for (const step of steps) await run(step, surroundings);
}

async function failureOf(work) {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

function report(name, began, error) {
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${error ? '✗' : '✓'} ${name} (${seconds} s)${error ? `\n${error.message}` : ''}`);
}

const server = await startServer(folder);
try {
  const [library] = await Promise.all([pack(), installTools()]);
  const shared = { COMPAT: here.replace(/\/$/, ''), TOOLS: tools, LIBRARY: library, CACHEX_URL: server.url };
  await inTurns(wanted.entries(), ([index, project]) => tryProject(project, index, shared));
} finally {
  server.stop();
  if (!options.keep) await rm(folder, { recursive: true, force: true });
}

printTable(results);
if (options.write) await writeTable(results);

const reasonOf = ({ column, row }) => known.get(`${column}, ${row}`);
const unexpected = results.filter((result) => Boolean(result.error) !== Boolean(reasonOf(result)));
for (const result of unexpected) {
  const what = result.error ? 'is red' : 'is green, and known to be red';
  console.error(`${nameOf(result, result)} ${what}`);
}
console.log(`${results.length} cells in ${Math.round(process.uptime())} s`);
process.exitCode = unexpected.length > 0 ? 1 : 0;
