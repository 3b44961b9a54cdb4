/**
 * Turns the compiler's output in `dist/` (an ES module per source file) into the published files: CommonJS, one file
 * per entry point and the chunks that they share, and beside each an ES module that exports the same names. However an
 * application loads the package, there is one copy of everything: tokens, registries and the engines of `memory://`.
 */
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const { bin, exports, name, peerDependenciesMeta, schematics } = JSON.parse(
  await readFile(join(root, 'package.json'), 'utf8'),
);

/**
 * Packages that go into the bundle, so that they are no dependencies: installing msgpackr would run the script of its
 * native addon, and lru-cache would bring 3 MB of other builds. Their licences go with them.
 */
const BUNDLED = { msgpackr: 'LICENSE', 'lru-cache': 'LICENSE.md', diff: 'LICENSE' };
const isBundled = (id) => Object.keys(BUNDLED).some((name) => id === name || id.startsWith(`${name}/`));

/** A comment for the head of the file that contains them. */
async function readLicenses() {
  const notes = Object.entries(BUNDLED).map(async ([name, file]) => {
    const license = await readFile(join(root, 'node_modules', name, file), 'utf8');
    return [name, `/*!\nContains parts of ${name}.\n\n${license.trim()}\n*/\n`];
  });
  return Promise.all(notes);
}

/** Replaces the module that reads the admin page's files from the source folder. */
const PAGE_SOURCES = join(dist, 'admin/page-sources.js');

/** In a separate process: this one would treat everything written to `dist/` as ES modules from then on. */
async function readPageSources() {
  const [module, folder] = [pathToFileURL(PAGE_SOURCES), pathToFileURL(join(root, 'lib/admin/page/'))];
  const program = `
    import { readPageSources } from ${JSON.stringify(module)};
    console.log(JSON.stringify([...readPageSources(new URL(${JSON.stringify(folder)}))]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    maxBuffer: 2 ** 24,
  });
  return stdout.trim();
}

const pageInCode = {
  name: 'page-in-code',
  async load(id) {
    if (id !== PAGE_SOURCES) return null;
    return `const sources = new Map(${await readPageSources()});\nexport const readPageSources = () => sources;\n`;
  },
};

async function write(path, text) {
  await mkdir(dirname(join(dist, path)), { recursive: true });
  await writeFile(join(dist, path), text);
}

/** `index.js`, `admin/index.js`, …: the files of the entry points. */
function readEntries() {
  return Object.values(exports)
    .filter((target) => typeof target === 'object')
    .map(({ require: { default: path } }) => relative('dist', path));
}

/** Programs load the entry points as users do, and have no copy of them. */
const entriesStay = (entries) => ({
  name: 'entries-stay',
  resolveId(id, importer) {
    const path = importer && id.startsWith('.') ? relative(dist, join(dirname(importer), id)) : '';
    return entries.includes(path) ? { id: `../${path}`, external: true } : null;
  },
});

async function bundle(entries, plugins = [pageInCode], chunks = 'shared') {
  const licenses = await readLicenses();
  const build = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry.slice(0, -'.js'.length), join(dist, entry)])),
    external: (id) => /^[^./]/.test(id) && !isBundled(id),
    platform: 'node',
    plugins,
    treeshake: { moduleSideEffects: true },
    onLog: (level, { message }) => {
      throw new Error(`${level}: ${message}`);
    },
  });
  const { output } = await build.generate({
    format: 'cjs',
    exports: 'named',
    // Every importer of a file then gets the same value, whether or not it reads the `__esModule` mark.
    esModule: false,
    keepNames: true,
    // The declarations hold the comments for users.
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: '[name].js',
    chunkFileNames: `${chunks}/[name].js`,
    banner: ({ moduleIds }) =>
      licenses
        .filter(([name]) => moduleIds.some((id) => id.includes(`/node_modules/${name}/`)))
        .map(([, note]) => note)
        .join(''),
  });
  await build.close();
  return output;
}

/** Loads these packages on first use: where nobody uses them, they need not be installed. */
const ON_USE = /^let (\w+) = require\("(@nestjs\/config|class-validator)"\);$/gm;

function loadedOnUse(code) {
  return code.replaceAll(ON_USE, (_, variable, id) => {
    const names = new Set([...code.matchAll(new RegExp(`\\b${variable}\\.(\\w+)`, 'g'))].map(([, name]) => name));
    const getters = [...names].map((name) => `\tget ${name}() { return require("${id}").${name}; },\n`);
    return `const ${variable} = {\n${getters.join('')}};`;
  });
}

/** If a package is missing, the entry point that needs it says what to install. */
function withPeersChecked({ fileName, code, imports, isEntry }) {
  const peers = imports.filter((id) => peerDependenciesMeta[id]?.optional);
  if (peers.length > 0 && !isEntry) throw new Error(`${fileName} needs what only some applications have: ${peers}`);
  const entry = `${name}/${dirname(fileName)}`;
  const errors = JSON.stringify(relative(dirname(fileName), 'index.js'));
  const checks = peers.map((peer) => {
    const message = `${entry} needs the package ${peer}, which cannot be loaded: npm install ${peer}`;
    return `try {
  require(${JSON.stringify(peer)});
} catch (cause) {
  throw new (require(${errors}).ConfigError)(${JSON.stringify(message)}, { cause });
}
`;
  });
  return checks.join('') + code;
}

async function removeModules() {
  const files = await readdir(dist, { recursive: true });
  const modules = files.filter((file) => file.endsWith('.js'));
  await Promise.all(modules.map((file) => rm(join(dist, file))));
}

/** Keeps only the declarations that the entry points refer to. */
async function removeDeclarations(entries) {
  const needed = new Set();
  const waiting = entries.map((entry) => entry.replace(/\.js$/, '.d.ts'));
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    if (needed.has(file)) continue;
    needed.add(file);
    const text = await readFile(join(dist, file), 'utf8');
    for (const [, path] of text.matchAll(/(?:from |import\(|import )['"](\.[^'"]*)\.js['"]/g)) {
      waiting.push(join(dirname(file), `${path}.d.ts`));
    }
  }
  const files = await readdir(dist, { recursive: true });
  const others = files.filter((file) => file.endsWith('.d.ts') && !needed.has(file));
  await Promise.all(others.map((file) => rm(join(dist, file))));
  await removeEmptyFolders(dist);
}

async function removeEmptyFolders(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    await removeEmptyFolders(path);
    if ((await readdir(path)).length === 0) await rmdir(path);
  }
}

/** An ES module that exports what the CommonJS file does. */
async function writeWrapper(entry) {
  const names = Object.keys(createRequire(import.meta.url)(join(dist, entry))).toSorted();
  const target = JSON.stringify(relative(join('esm', dirname(entry)), entry));
  await write(join('esm', entry), `export {\n${names.map((name) => `  ${name},\n`).join('')}} from ${target};\n`);
  await write(join('esm', entry.replace(/\.js$/, '.d.ts')), `export * from ${target};\n`);
  const { default: _, ['module.exports']: __, ...exported } = await import(join(dist, 'esm', entry));
  if (Object.keys(exported).join() !== names.join()) throw new Error(`the ES module exports other names: ${entry}`);
}

const entries = readEntries();
/** Programs, and files that the Nest CLI loads: no application imports them. */
const schematicsFolder = dirname(relative('dist', schematics));
const programs = [...Object.values(bin).map((path) => relative('dist', path)), join(schematicsFolder, 'nest-add.js')];
const files = [...(await bundle(entries)), ...(await bundle(programs, [entriesStay(entries)], 'cli'))];
if (new Set(files.map(({ fileName }) => fileName)).size < files.length) throw new Error('two bundles write one file');
await removeModules();
await removeDeclarations(entries);
await Promise.all(files.map((file) => write(file.fileName, loadedOnUse(withPeersChecked(file)))));
await write('package.json', '{ "type": "commonjs" }\n');
await write('esm/package.json', '{ "type": "module" }\n');
for (const entry of entries) await writeWrapper(entry);
for (const file of ['collection.json', 'schema.json']) {
  await write(join(schematicsFolder, file), await readFile(join(root, 'lib', schematicsFolder, file), 'utf8'));
}
