/**
 * The tests in projects of `nest new`: each project has an install, and cells that run one after another.
 *
 * @typedef {object} Project
 * @property {string} column
 * @property {boolean} esm whether the project uses ES modules
 * @property {string} cli the package with `nest new`
 * @property {string} forgotten an undeclared dependency of the project's own test runner: only Plug'n'Play refuses it
 * @property {string} install
 * @property {Cell[]} cells
 * @property {boolean} [plain] whether it has only the files of the README
 * @property {Record<string, string>} [resolutions] for its package.json
 *
 * @typedef {object} Cell
 * @property {string} row
 * @property {string[]} steps shell commands in the project's folder: a cell is green if all exit with 0
 * @property {string[]} [tools] the tools below that the steps need
 * @property {string} [node] the Node.js that runs them; by default the current one
 */
import { execFileSync } from 'node:child_process';

const NEST_11 = { column: 'Nest 11', esm: false, cli: 'nest-11', forgotten: 'jest-util@30' };
const NEST_12 = { column: 'Nest 12', esm: true, cli: 'nest-12', forgotten: 'vite' };

/** Vite 8.4 names an optional package that the registry does not have. Yarn, unlike npm, treats that as an error. */
const viteForYarn = { vite: '~8.3.0' };

/** Packages that no project needs, by the folder to install them in. */
export const tools = {
  'nest-11': ['@nestjs/cli@11'],
  'nest-12': ['@nestjs/cli@12'],
  'node-20': ['node@20'],
  'node-22': ['node@22'],
  'node-24': ['node@24'],
  'node-26': ['node@26'],
  bun: ['bun'],
  deno: ['deno'],
  pnpm: ['pnpm'],
  yarn: ['@yarnpkg/cli-dist'],
  'typescript-5.5': ['typescript@5.5'],
  'typescript-5.9': ['typescript@5.9'],
  'typescript-6': ['typescript@6'],
  'typescript-7': ['typescript@7'],
  esbuild: ['esbuild'],
  webpack: ['webpack'],
  rspack: ['@rspack/core'],
  ncc: ['@vercel/ncc'],
  swc: ['@swc/core'],
};

/** Optional packages of an application, beyond what the README installs. */
const OPTIONAL = 'prom-client @opentelemetry/api wasmoon-lua5.1 lz4-napi @toondepauw/node-zstd';

const build = 'npm run build';
const features = 'node dist/features.js';
const unitTest = 'npm test';
const replace = (packages) => `npm install --no-save ${packages}`;

const node = (version) => ({ row: `Node.js ${version}`, node: version, steps: [features, unitTest] });

const compiler = (version) => ({
  row: `TypeScript ${version}`,
  tools: [`typescript-${version}`],
  steps: [`"$TOOLS/typescript-${version}/node_modules/.bin/tsc" -p test/types`],
});

const bundler = (name, entry) => ({
  row: name,
  tools: [name],
  steps: [
    `cd "$TOOLS/${name}" && node "$COMPAT/bundle.mjs" ${name} "$PROJECT/${entry}" "$PROJECT/../$PROJECT_NAME-${name}/main.js"`,
    `node "../$PROJECT_NAME-${name}/main.js"`,
  ],
});

const bundlers = [
  bundler('esbuild', 'src/features.ts'),
  bundler('webpack', 'dist/features.js'),
  bundler('rspack', 'dist/features.js'),
  bundler('ncc', 'dist/features.js'),
  bundler('swc', 'src/features.ts'),
];

/** In the order of the cells: each install replaces the previous one. */
const withNpm = [
  {
    ...NEST_11,
    install: `npm install "$LIBRARY" ioredis@5 @nestjs/config@4 @nestjs/terminus@11 ${OPTIONAL}`,
    cells: [
      { row: 'npm', steps: [build, 'node "$COMPAT/route.mjs"'] },
      { row: 'lint of the README', steps: ['npx eslint --fix "src/{app,products}*.ts"'] },
      { row: 'Jest 30', steps: [unitTest] },
      { row: 'types, as installed', steps: ['npx tsc -p test/types'] },
      ...['5.5', '5.9', '6', '7'].map(compiler),
      { row: 'ioredis 5', steps: [features] },
      { row: 'config 4', steps: [features] },
      { row: 'terminus 11', steps: [features] },
      ...['20', '22', '24', '26'].map(node),
      { row: 'Bun', tools: ['bun'], steps: ['"$TOOLS/bun/node_modules/.bin/bun" dist/features.js'] },
      {
        row: 'Deno',
        tools: ['deno'],
        // The package.json of `nest new` does not say that it is CommonJS.
        steps: ['"$TOOLS/deno/node_modules/.bin/deno" run -A --unstable-detect-cjs dist/features.js'],
      },
      ...bundlers,
      { row: 'ioredis 5.5', steps: [replace('ioredis@5.5.0'), features] },
      { row: 'ioredis 6', steps: [replace('ioredis@6'), features] },
      { row: 'config 12', steps: [replace('@nestjs/config@12'), features] },
      { row: 'terminus 12', steps: [replace('@nestjs/terminus@12'), features] },
      { row: 'reflect-metadata 0.1', steps: [replace('reflect-metadata@0.1.13'), features] },
      { row: 'Jest 29', steps: ['npm install --save-dev jest@29 jest-util@29 @types/jest@29', unitTest] },
    ],
  },
  {
    ...NEST_12,
    install: `npm install "$LIBRARY" ioredis@6 @nestjs/config@12 @nestjs/terminus@12 ${OPTIONAL}`,
    cells: [
      { row: 'npm', steps: [build, 'node "$COMPAT/route.mjs"'] },
      { row: 'lint of the README', steps: ['npx oxlint --type-aware src/app* src/products*'] },
      { row: 'Vitest 4', steps: [unitTest] },
      { row: 'types, as installed', steps: ['npx tsc -p test/types'] },
      ...['5.5', '5.9', '6', '7'].map(compiler),
      { row: 'ioredis 6', steps: [features] },
      { row: 'config 12', steps: [features] },
      { row: 'terminus 12', steps: [features] },
      ...['20', '22', '24', '26'].map(node),
      { row: 'Bun', tools: ['bun'], steps: ['"$TOOLS/bun/node_modules/.bin/bun" dist/features.js'] },
      { row: 'Deno', tools: ['deno'], steps: ['"$TOOLS/deno/node_modules/.bin/deno" run -A dist/features.js'] },
      ...bundlers,
      { row: 'ioredis 5.5', steps: [replace('ioredis@5.5.0'), features] },
      { row: 'ioredis 5', steps: [replace('ioredis@5'), features] },
      { row: 'Vitest 5', steps: [replace('vitest@5 @vitest/coverage-v8@5'), unitTest] },
      {
        row: 'Jest 30',
        node: '24',
        steps: [
          replace('jest@30 ts-jest@29 @types/jest@30'),
          'cp "$COMPAT/app/jest.nest-12.json" jest.config.json',
          'node --experimental-vm-modules node_modules/jest/bin/jest.js',
        ],
      },
    ],
  },
];

/** The steps of a new user: the install line of the README, then build, route and unit test. */
const managed = (nest, rows, { tool, env, add, run, node: runNode, others = '' }) => ({
  ...nest,
  env,
  resolutions: tool === 'yarn' ? viteForYarn : undefined,
  plain: true,
  tools: [tool],
  install: `${add} ioredis @nestjs/config${others}`,
  cells: rows.map(({ row, node }) => ({
    row,
    node,
    steps: [`${run} build`, `${run} test`, `${runNode} "$COMPAT/route.mjs"`],
  })),
});

const pnpm = '"$TOOLS/pnpm/node_modules/.bin/pnpm"';
const withPnpm = {
  tool: 'pnpm',
  // Some of Nest's tools have install scripts, which pnpm does not run and reports as an error.
  env: { pnpm_config_strict_dep_builds: 'false' },
  add: `${pnpm} add "$LIBRARY"`,
  run: `${pnpm} run`,
  node: 'node',
};
const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim().replace(/\/$/, '');
const yarn = '"$TOOLS/yarn/node_modules/.bin/yarn"';
const withYarn = (linker) => ({
  tool: 'yarn',
  env: {
    YARN_NODE_LINKER: linker,
    YARN_ENABLE_TELEMETRY: '0',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    // Yarn has a default of its own.
    YARN_NPM_REGISTRY_SERVER: registry,
  },
  // Without its own lock file, a project may count as part of another.
  add: `touch yarn.lock && ${yarn} add "nest-cachex@file:$LIBRARY"`,
  run: `${yarn} run`,
  node: `${yarn} node`,
});

const withOthers = [NEST_11, NEST_12].flatMap((nest) => [
  managed(nest, [{ row: 'pnpm', node: '24' }], withPnpm),
  managed(nest, [{ row: 'Yarn', node: '24' }], withYarn('node-modules')),
  managed(
    nest,
    [
      { row: "Yarn Plug'n'Play", node: '24' },
      { row: "Yarn Plug'n'Play, Node.js 20", node: '20' },
    ],
    { ...withYarn('pnp'), others: ` && ${yarn} add --dev ${nest.forgotten}` },
  ),
]);

/** In the order of the table. */
export const rows = [
  ...['npm', 'pnpm', 'Yarn', "Yarn Plug'n'Play", "Yarn Plug'n'Play, Node.js 20"],
  ...['Jest 29', 'Jest 30', 'Vitest 4', 'Vitest 5', 'lint of the README'],
  ...['types, as installed', 'TypeScript 5.5', 'TypeScript 5.9', 'TypeScript 6', 'TypeScript 7'],
  ...['ioredis 5.5', 'ioredis 5', 'ioredis 6', 'config 4', 'config 12', 'terminus 11', 'terminus 12'],
  ...['reflect-metadata 0.1', 'Node.js 20', 'Node.js 22', 'Node.js 24', 'Node.js 26', 'Bun', 'Deno'],
  ...['esbuild', 'webpack', 'rspack', 'ncc', 'swc'],
];

export const projects = [...withNpm, ...withOthers];
