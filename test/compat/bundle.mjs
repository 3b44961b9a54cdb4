/**
 * `node bundle.mjs <bundler> <entry> <out>`, in a folder that has the bundlers: one CommonJS file with everything in it
 * but what no bundler takes along (native addons, WebAssembly) and what Nest asks for that is not installed.
 */
import { createRequire } from 'node:module';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

const [bundler, entry, out] = process.argv.slice(2);
const load = createRequire(join(process.cwd(), 'package.json'));
const project = createRequire(resolve(entry));

const notBundled = ['lz4-napi', '@toondepauw/node-zstd', 'wasmoon-lua5.1'];
const isExternal = (id) => {
  if (/^(\.|\/|node:)/.test(id)) return false;
  if (notBundled.includes(id)) return true;
  try {
    project.resolve(id);
    return false;
  } catch (error) {
    return error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
};

/** For webpack and rspack, which take the same. */
const options = {
  mode: 'production',
  target: 'node',
  entry: resolve(entry),
  output: { path: resolve(dirname(out)), filename: basename(out), library: { type: 'commonjs2' } },
  externals: [
    // Nest 11 asks where it is, and loads it from there.
    { 'file-type': 'commonjs file-type' },
    ({ request }, done) => (isExternal(request) ? done(null, `commonjs ${request}`) : done()),
  ],
  // Nest takes names of classes for names of modules.
  optimization: { minimize: false },
  module: {
    // Terminus 11 requires whatever is in its folders.
    rules: [{ test: /\.(d\.ts|map)$/, type: 'asset/source' }],
    parser: { javascript: { exprContextCritical: false, unknownContextCritical: false } },
  },
};

const compile = (pack) =>
  new Promise((done, fail) => {
    pack(options, (error, stats) => {
      if (error) fail(error);
      else if (stats.hasErrors()) fail(new Error(stats.toString({ all: false, errors: true })));
      else done();
    });
  });

const bundlers = {
  async esbuild() {
    await load('esbuild').build({
      entryPoints: [entry],
      outfile: out,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      keepNames: true,
      // As terminus 12 and others that are ES modules ask where they are.
      define: { 'import.meta.url': 'importMetaUrl' },
      banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
      logLevel: 'error',
      plugins: [
        {
          name: 'not-installed',
          setup: (build) =>
            build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
              kind !== 'entry-point' && isExternal(path) ? { path, external: true } : undefined,
            ),
        },
      ],
    });
  },
  webpack: () => compile(load('webpack')),
  rspack: () => compile(load('@rspack/core').rspack),
  async ncc() {
    const { code, assets } = await load('@vercel/ncc')(resolve(entry), { externals: notBundled, quiet: true });
    await writeFile(out, code);
    for (const [name, { source }] of Object.entries(assets)) await writeFile(join(dirname(out), name), source);
  },
  /** Compiles one file; what it imports stays where it is. */
  async swc() {
    const { type = 'commonjs' } = project('../package.json');
    const { code } = await load('@swc/core').transformFile(entry, {
      module: { type: type === 'module' ? 'es6' : 'commonjs' },
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
      },
    });
    await writeFile(out, code);
    await writeFile(join(dirname(out), 'package.json'), JSON.stringify({ type }));
  },
};

/** What the file finds of the project's packages; nothing else is to be needed. */
async function link(path) {
  const link = join(dirname(out), 'node_modules', path);
  await mkdir(dirname(link), { recursive: true });
  await symlink(join(dirname(resolve(entry)), '../node_modules', path), link);
}

await mkdir(dirname(out), { recursive: true });
await bundlers[bundler]();
for (const path of bundler === 'swc' ? [''] : notBundled) await link(path);
