// node bench/import.mjs [processes]: the cost of the built library on top of what every application loads: its import,
// and the packages that it loads on first use.
import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const [processes = '9'] = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));

/** In this order: each counts only what the ones before it have not loaded. */
const steps = {
  'Nest, ioredis': ['reflect-metadata', '@nestjs/common', '@nestjs/core', 'ioredis'],
  'nest-cachex': ['nest-cachex'],
  'class-validator (forRoot)': ['class-validator'],
  '@nestjs/config (cachexConfig)': ['@nestjs/config'],
};

const program = `
  const steps = ${JSON.stringify(steps)};
  const used = () => {
    globalThis.gc();
    const { rss, heapUsed } = process.memoryUsage();
    return { rss, heap: heapUsed };
  };
  const found = {};
  let before = used();
  for (const [name, packages] of Object.entries(steps)) {
    const start = process.cpuUsage();
    for (const id of packages) require(id);
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    const after = used();
    found[name] = { ms, rss: after.rss - before.rss, heap: after.heap - before.heap };
    before = after;
  }
  console.log(JSON.stringify(found));`;

async function measure() {
  const args = ['--expose-gc', '--input-type=commonjs', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return JSON.parse(stdout);
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;

const runs = [];
for (let run = 0; run < Number(processes); run++) runs.push(await measure());
console.table(
  Object.fromEntries(
    Object.keys(steps).map((name) => {
      const of = (figure) => median(runs.map((run) => run[name][figure]));
      return [
        name,
        { 'time of CPU': `${of('ms').toFixed(0)} ms`, RSS: megabytes(of('rss')), heap: megabytes(of('heap')) },
      ];
    }),
  ),
);

/** The size of the published files on a disk with 4 KiB blocks, by kind of file. */
const published = {};
for (const folder of ['dist', 'docs']) {
  for (const file of readdirSync(join(root, folder), { recursive: true })) {
    // The built site stands there, too, but is not published.
    if (/^(node_modules|\.vitepress|package)/.test(file)) continue;
    const { size } = statSync(join(root, folder, file));
    const kind = file.endsWith('.d.ts') ? '.d.ts' : extname(file);
    if (kind === '') continue;
    const sum = (published[`${folder} ${kind}`] ??= { files: 0, bytes: 0, disk: 0 });
    sum.files++;
    sum.bytes += size;
    sum.disk += Math.ceil(size / 4096) * 4096;
  }
}
console.table(
  Object.fromEntries(
    Object.entries(published).map(([kind, { files, bytes, disk }]) => [
      kind,
      { files, size: megabytes(bytes), disk: megabytes(disk) },
    ]),
  ),
);

/** The files that the main entry requires. */
const load = createRequire(import.meta.url);
const Module = load('node:module');
/** Every `require` goes through it. */
const LOAD = '_load';
const { [LOAD]: loadAny } = Module;
const required = new Set();
Module[LOAD] = function noteRequired(id, parent, ...rest) {
  if (parent?.filename?.startsWith(join(root, 'dist')) && /^[^./]/.test(id)) required.add(id);
  return loadAny.call(this, id, parent, ...rest);
};
load('reflect-metadata');
load('nest-cachex');
console.log([...required].toSorted().join(' '));
