import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { bundleEngine, readLua } from './build.js';

const id = 'virtual:playground';

/** The parts of the engine as files of the site, and `virtual:playground`, which says where they are. */
export function playground(): Plugin {
  let base = '/';
  let isBuild = false;
  const places = (engine: string, lua: string, bytes?: number): string =>
    `export const places = { engine: ${engine}, lua: ${lua} };\nexport const kilobytes = ${bytes === undefined ? 'undefined' : Math.round(bytes / 1000)};\n`;
  return {
    name: 'playground',
    configResolved: (config) => {
      base = config.base;
      isBuild = config.command === 'build';
    },
    resolveId: (name) => (name === id ? `\0${id}` : undefined),
    async load(name, { ssr } = {}) {
      if (name !== `\0${id}`) return;
      if (ssr) return places('""', '""');
      if (!isBuild) return places(`"${base}@playground/engine.js"`, `"${base}@playground/lua.wasm"`);
      const [engine, lua] = await Promise.all([bundleEngine(), readLua()]);
      const emit = (file: string, source: string | Uint8Array): string =>
        `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name: file, source })}`;
      return places(emit('engine.js', engine), emit('lua.wasm', lua), gzipSync(engine).length + gzipSync(lua).length);
    },
    configureServer: ({ middlewares }) => {
      let engine: Promise<string> | undefined;
      middlewares.use(`${base}@playground`, (request, response, next) => {
        const isEngine = request.url === '/engine.js';
        if (!isEngine && request.url !== '/lua.wasm') return next();
        response.setHeader('Content-Type', isEngine ? 'text/javascript' : 'application/wasm');
        (isEngine ? (engine ??= bundleEngine()) : readLua()).then((body) => response.end(body), next);
      });
    },
  };
}
