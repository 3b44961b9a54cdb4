// npm run bench [-- --quick] [--check | --accept] [part …]: measures all parts, or the named ones, and writes the
// results to bench/results/. With --check it fails if a row takes more processor time than in the accepted run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { accept, regressions } from './accepted.mjs';
import { watchSteal } from './machine.mjs';
import { parts } from './parts.mjs';
import { printPart } from './print.mjs';
import { saveResults } from './results.mjs';
import { serverVersion, startCluster, startServer } from './servers.mjs';

const { values: options, positionals: named } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean' },
    accept: { type: 'boolean' },
    part: { type: 'boolean' },
  },
  allowPositionals: true,
});
const isQuick = options.quick;

/** In a separate process: measures the part that the parent names, on the servers that it names. */
async function runPart() {
  const [{ name, ...given }] = await once(process, 'message');
  const rows = await parts[name].run({ ...given, onRow: (label) => console.error(`  … ${label}`) });
  process.send(rows, () => process.exit());
}

async function failed(child, name) {
  const [code] = await once(child, 'exit');
  throw new Error(`${name} ended with code ${code}`);
}

/** The result of a part, with its time and the noise of the machine. */
async function measure(name, servers) {
  const [steal, at, start] = [watchSteal(), new Date().toISOString(), performance.now()];
  const child = fork(fileURLToPath(import.meta.url), ['--part'], { execArgv: ['--expose-gc'] });
  child.send({ name, isQuick, ...servers });
  const [rows] = await Promise.race([once(child, 'message'), failed(child, name)]);
  return { at, isQuick, seconds: Math.round((performance.now() - start) / 1000), stealPercent: steal(), rows };
}

function chosen() {
  const unknown = named.find((name) => !parts[name]);
  if (unknown) throw new Error(`There is no part ${unknown}: there are ${Object.keys(parts).join(', ')}`);
  if (named.length > 0) return named;
  return Object.keys(parts).filter((name) => (isQuick ? parts[name].isQuick : !parts[name].isOptIn));
}

async function main() {
  const names = chosen();
  const [server, cluster] = await Promise.all([startServer(), startCluster()]);
  const measured = {};
  try {
    for (const name of names) {
      measured[name] = await measure(name, { url: server.url, urls: cluster.urls });
      printPart(parts[name].title, measured[name]);
    }
  } finally {
    await Promise.all([server.stop(), cluster.stop()]);
  }
  console.log(`\nWritten to ${await saveResults(serverVersion(), measured)}`);
  if (options.accept) await accept(measured);
  if (options.check) await check(measured);
}

async function check(measured) {
  const slower = await regressions(measured);
  for (const line of slower) console.error(line);
  if (slower.length > 0) process.exitCode = 1;
  else console.log('No row takes more of the processor than in the accepted run');
}

await (options.part ? runPart() : main());
