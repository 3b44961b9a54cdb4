import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../lib/opentelemetry/version.js';
import { type RedisServer, startServer } from '../servers/server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

type Target = Record<'import' | 'require', { readonly types: string; readonly default: string }>;

const readExports = (): Record<string, string | Target> =>
  (JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { exports: Record<string, string | Target> }).exports;

/** The built package, loaded by its name, as an application does. */
describe('the package', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
  });
  afterAll(() => server.stop());

  const program = `
    const root = { module: class Root {}, imports: [CachexModule.forRoot({ connection: process.env.REDIS, keyPrefix: 'pkg' })] };
    const app = await NestFactory.createApplicationContext(root, { logger: false });
    const cache = app.get(CachexService);
    await cache.set('key', { at: new Date(0) });
    console.log(JSON.stringify(await cache.get('key')));
    await app.close();
    console.log('closed');`;

  it.each([
    [
      'import',
      'module',
      `import 'reflect-metadata'; import { NestFactory } from '@nestjs/core'; import { CachexModule, CachexService } from 'nest-cachex'; ${program}`,
    ],
    [
      'require',
      'commonjs',
      `require('reflect-metadata'); const { NestFactory } = require('@nestjs/core'); const { CachexModule, CachexService } = require('nest-cachex'); (async () => { ${program} })();`,
    ],
  ])('works by %s, and the process ends by itself once the application is closed', async (_, type, source) => {
    const { stdout } = await run(process.execPath, [`--input-type=${type}`, '-e', source], {
      cwd: root,
      env: { ...process.env, REDIS: server.url },
      timeout: 25_000,
    });
    expect(stdout).toBe('{"at":"1970-01-01T00:00:00.000Z"}\nclosed\n');
  });

  it('contains the built library, its licence and its pages, nothing else', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
    const packed = JSON.parse(stdout) as unknown;
    const [{ files }] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as [
      { files: { path: string }[] },
    ];
    const others = files
      .map(({ path }) => path)
      .filter((path) => !/^(dist\/|docs\/([\w-]+\.md|(monitoring|growth)\/[\w-]+\.(yml|json|svg))$)/.test(path));
    expect(others.toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
  });

  it('every entry point exists, with its types', async () => {
    for (const target of Object.values(readExports())) {
      const paths = typeof target === 'string' ? [target] : Object.values(target).flatMap((to) => Object.values(to));
      for (const path of paths) expect(() => readFileSync(`${root}/${path}`)).not.toThrow();
    }
  });

  it('its main entry loads no package but these', async () => {
    const loading = `
      const Module = require('node:module');
      const load = Module._load;
      const names = new Set();
      Module._load = function (name, parent, ...rest) {
        if (parent?.filename?.startsWith(process.cwd() + '/dist') && !/^([.]|node:)/.test(name)) names.add(name);
        return load.call(this, name, parent, ...rest);
      };
      require('reflect-metadata');
      require('./dist/index.js');
      console.log([...names].sort().join());`;
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', loading], { cwd: root });
    expect(stdout.trim().split(',')).toEqual(['@nestjs/common', '@nestjs/core', 'ioredis', 'rxjs']);
  });

  it('its main entry loads these files at its import, with no code of other entries in them', async () => {
    const loading = `
      require('reflect-metadata');
      require('./dist/index.js');
      const own = process.cwd() + '/dist/';
      console.log(Object.keys(require.cache).filter((path) => path.startsWith(own)).map((path) => path.slice(own.length)).join());`;
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', loading], { cwd: root });
    const loaded = stdout.trim().split(',');
    expect(loaded.toSorted()).toEqual([
      'index.js',
      'shared/cachex.instances.js',
      'shared/cachex.module.js',
      'shared/cachex.service.js',
      'shared/command-channel.js',
      'shared/dist.js',
      'shared/key-builder.js',
      'shared/rolldown-runtime.js',
      'shared/strict-cache.js',
    ]);
    const code = loaded.map((path) => readFileSync(`${root}/dist/${path}`, 'utf8')).join('\n');
    const isDeclared = (name: string): boolean => new RegExp(`\\bclass ${name}\\b|\\b${name} = class\\b`).test(code);
    const entries = Object.keys(readExports()).filter((entry) => /^\.\/(?!package)/.test(entry));
    expect(entries.length).toBeGreaterThan(10);
    for (const entry of entries) {
      const exported = Object.keys(createRequire(import.meta.url)(`nest-cachex/${entry.slice(2)}`) as object);
      expect(exported.filter(isDeclared)).toEqual([]);
    }
    expect(isDeclared('CachexService')).toBe(true);
  });

  it('reports its own version', () => {
    expect((JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string }).version).toBe(version);
  });

  it('brings no package with an install script', () => {
    const { packages } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')) as {
      packages: Record<string, { dev?: boolean; devOptional?: boolean; peer?: boolean; hasInstallScript?: boolean }>;
    };
    const brought = Object.entries(packages).filter(([, { dev, devOptional, peer }]) => !dev && !devOptional && !peer);
    expect(brought.length).toBeGreaterThan(3);
    expect(brought.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });

  it('the page of the admin module is included, in code', async () => {
    const code = readFileSync(`${root}/dist/admin/index.js`, 'utf8');
    const names = await readdir(`${root}/lib/admin/page`);
    const served = [...names.filter((name) => /\.(css|html|js)$/.test(name)), 'uplot.js', 'uplot.css'];
    expect(served.filter((name) => !code.includes(JSON.stringify(name)))).toEqual([]);
    expect(code).toContain('<!doctype html>');
    expect(code).toContain('Copyright (c) 2022 Leon Sorokin');
  });

  it('types of its other entry points are found by a resolution without exports (node10)', () => {
    const { typesVersions } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
      typesVersions: { '*': Record<string, string[]> };
    };
    const withTypes = Object.entries(readExports()).flatMap(([entry, target]) =>
      entry === '.' || typeof target === 'string' ? [] : [[entry.slice('./'.length), [target.require.types]]],
    );
    expect(typesVersions['*']).toEqual(Object.fromEntries(withTypes));
  });

  it('types of the main entry need no optional package', async () => {
    const optional =
      /from ['"](@nestjs\/(terminus|throttler)|prom-client|@opentelemetry|lz4-napi|@toondepauw|wasmoon|keyv|express-session|drizzle-orm|typeorm|graphql)/;
    const files = (await readdir(`${root}/dist`, { recursive: true })).filter(
      (path) =>
        path.endsWith('.d.ts') &&
        !/^(health|admin|drizzle|graphql|keyv|metrics|opentelemetry|session|testing|throttler|typeorm)\//.test(path),
    );
    expect(files.length).toBeGreaterThan(30);
    expect(files.filter((path) => optional.test(readFileSync(`${root}/dist/${path}`, 'utf8')))).toEqual([]);
  });

  it('every declaration finds its imports', async () => {
    const files = (await readdir(`${root}/dist`, { recursive: true })).filter((path) => path.endsWith('.d.ts'));
    const imported = files.flatMap((path) =>
      [...readFileSync(`${root}/dist/${path}`, 'utf8').matchAll(/['"](\.{1,2}\/[^'"]*)\.js['"]/g)].map(([, to]) =>
        join(dirname(path), `${to}.d.ts`),
      ),
    );
    expect(imported.filter((path) => !files.includes(path))).toEqual([]);
  });

  it('no declaration says any', async () => {
    const files = (await readdir(`${root}/dist`, { recursive: true })).filter((path) => path.endsWith('.d.ts'));
    const anys = files.filter((path) =>
      /(?<![\w*])any(?![\w])(?=[\s;,)>\]|&])/.test(
        readFileSync(`${root}/dist/${path}`, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
      ),
    );
    expect(anys).toEqual([]);
  });
});
