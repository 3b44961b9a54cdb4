/**
 * `node bundle.mjs <bundler> <entry> <out>`, in a folder with the bundlers installed: writes one CommonJS file with
 * everything in it, except what no bundler can include (native addons, WebAssembly) and optional packages of Nest that
 * are not installed.
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

/** For webpack and rspack, which have the same options. */
const options = {
  mode: 'production',
  target: 'node',
  entry: resolve(entry),
  output: { path: resolve(dirname(out)), filename: basename(out), library: { type: 'commonjs2' } },
  externals: [
    // Nest 11 resolves its path, and loads it from there.
    { 'file-type': 'commonjs file-type' },
    ({ request }, done) => (isExternal(request) ? done(null, `commonjs ${request}`) : done()),
  ],
  // Nest uses class names as module names.
  optimization: { minimize: false },
  module: {
    // Terminus 11 requires every file in its folders.
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
      // ES modules such as terminus 12 read `import.meta.url`.
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
  /** Compiles one file; its imports stay imports. */
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

/** The project's packages that the bundle can resolve; it must not need any others. */
async function link(path) {
  const link = join(dirname(out), 'node_modules', path);
  await mkdir(dirname(link), { recursive: true });
  await symlink(join(dirname(resolve(entry)), '../node_modules', path), link);
}

await mkdir(dirname(out), { recursive: true });
await bundlers[bundler]();
for (const path of bundler === 'swc' ? [''] : notBundled) await link(path);
