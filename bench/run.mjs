// npm run bench [-- part …]: measures all parts, or those named, and writes what came of it to bench/results/.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parts } from './parts.mjs';
import { serverVersion, startCluster, startServer } from './servers.mjs';

const [, program, ...named] = process.argv;

/** In a process of its own: the part named by the parent, on the servers that it names. */
async function runPart() {
  const [{ name, ...servers }] = await once(process, 'message');
  const rows = await parts[name].run({ ...servers, onRow: (label) => console.error(`  … ${label}`) });
  process.send(rows, () => process.exit());
}

async function measure(name, servers) {
  const child = fork(program, ['--part'], { execArgv: ['--expose-gc'], serialization: 'advanced' });
  child.send({ name, ...servers });
  const [rows] = await Promise.race([once(child, 'message'), failed(child, name)]);
  return rows;
}

async function failed(child, name) {
  const [code] = await once(child, 'exit');
  throw new Error(`${name} ended with code ${code}`);
}

const rounded = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));

/** A cell: a number, or microseconds with those of the processor, and their ratio to the driver alone. */
function cell(value, row) {
  if (typeof value === 'number') return rounded(value);
  return `${rounded(value.us)} (${rounded(value.cpu)}) × ${(row.ioredis.us / value.us).toFixed(2)}`;
}

function print(title, rows) {
  console.log(`\n${title}`);
  for (const [label, row] of Object.entries(rows)) {
    console.log(label);
    for (const [name, value] of Object.entries(row)) console.log(`  ${name.padEnd(28)} ${cell(value, row)}`);
  }
}

async function main() {
  const names = named.length > 0 ? named : Object.keys(parts);
  const [server, cluster] = await Promise.all([startServer(), startCluster()]);
  const results = { node: process.version, server: serverVersion(), cpu: `${cpus().length} × ${cpus()[0].model}` };
  try {
    for (const name of names) {
      results[name] = await measure(name, { url: server.url, urls: cluster.urls });
      print(parts[name].title, results[name]);
    }
  } finally {
    await Promise.all([server.stop(), cluster.stop()]);
  }
  const folder = new URL('results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const file = new URL('latest.json', folder);
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\nWritten to ${fileURLToPath(file)}`);
}

await (named[0] === '--part' ? runPart() : main());
