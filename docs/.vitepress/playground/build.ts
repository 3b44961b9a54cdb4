import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What stands for the modules of Node.js, and for packages that only a server needs. */
const shims: Readonly<Record<string, string>> = {
  '@nestjs/common': 'nest',
  '@nestjs/config': 'absent',
  '@nestjs/core': 'absent',
  ioredis: 'ioredis',
  lodash: 'lodash',
  module: 'absent',
  'node:async_hooks': 'async-hooks',
  'node:buffer': 'buffer',
  'node:crypto': 'crypto',
  'node:diagnostics_channel': 'diagnostics-channel',
  'node:dns/promises': 'absent',
  'node:events': 'events',
  'node:module': 'absent',
  'node:net': 'absent',
  'node:stream': 'absent',
  'node:timers': 'timers',
  'node:timers/promises': 'timers-promises',
  'node:tls': 'absent',
  'node:url': 'absent',
  'node:util': 'util',
  'node:util/types': 'util-types',
  'node:v8': 'v8',
  'node:vm': 'vm',
  'node:zlib': 'zlib',
  url: 'absent',
};

/** Text as a module: Vite has it built in. */
const raw: Plugin = {
  name: 'raw',
  resolveId: (id, importer) => (id.endsWith('?raw') ? join(dirname(importer!), id) : undefined),
  load: async (id) =>
    id.endsWith('?raw')
      ? `export default ${JSON.stringify(await readFile(id.slice(0, -'?raw'.length), 'utf8'))}`
      : undefined,
};

/** A file of the playground with all that it imports, as a script of its own. */
async function bundle(entry: string, format: 'iife' | 'es'): Promise<string> {
  const build = await rolldown({
    input: here(entry),
    platform: 'browser',
    plugins: [raw],
    resolve: {
      alias: Object.fromEntries(Object.entries(shims).map(([name, shim]) => [name, here(`shims/${shim}.ts`)])),
      extensionAlias: { '.js': ['.ts', '.js'] },
    },
    transform: { define: { 'import.meta.url': '"playground"' } },
    onLog: (level, { message }) => {
      throw new Error(`${level}: ${message}`);
    },
  });
  const { output } = await build.generate({ format, minify: true, keepNames: true });
  await build.close();
  return output[0].code;
}

/** The script of the worker: the library on its embedded engine. */
export const bundleEngine = (): Promise<string> => bundle('engine/worker.ts', 'iife');

/** The page, as a module. */
export const bundlePage = (): Promise<string> => bundle('page/playground.ts', 'es');

/** The interpreter of Lua, as WebAssembly. */
export const readLua = (): Promise<Buffer> =>
  readFile(createRequire(import.meta.url).resolve('wasmoon-lua5.1/dist/liblua5.1.wasm'));
