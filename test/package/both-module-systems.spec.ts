import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { compileFunction } from 'node:vm';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

const evaluate = async (source: string): Promise<unknown> => {
  const prelude = `
    import 'reflect-metadata';
    import { createRequire } from 'node:module';
    import { NestFactory } from '@nestjs/core';
    const require = createRequire(import.meta.url);
    const log = (value) => console.log(JSON.stringify(value));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', prelude + source], { cwd: root });
  return JSON.parse(stdout);
};

/** An application may import the package while one of its libraries requires it. */
describe('the package, imported and required in one process', () => {
  it('is one and the same, whatever its entry point', async () => {
    const entries = [
      '',
      '/admin',
      '/drizzle',
      '/graphql',
      '/health',
      '/keyv',
      '/metrics',
      '/opentelemetry',
      '/session',
      '/testing',
      '/throttler',
    ].map((path) => `nest-cachex${path}`);
    const found = await evaluate(`
      const found = {};
      for (const entry of ${JSON.stringify(entries)}) {
        const imported = await import(entry);
        const required = require(entry);
        found[entry] = {
          names: Object.keys(imported),
          others: Object.keys(required).filter((name) => imported[name] !== required[name]),
        };
      }
      log(found);`);
    const one = { names: expect.arrayContaining([expect.any(String)]) as string[], others: [] };
    expect(found).toEqual(Object.fromEntries(entries.map((entry) => [entry, one])));
  });

  it('has one registry of decorated methods, one token, and one engine per name', async () => {
    const found = await evaluate(`
      const { Cacheable, CachexModule } = require('nest-cachex');
      const imported = await import('nest-cachex');
      class Users {
        calls = 0;
        async find() { return ++this.calls; }
      }
      const descriptor = Object.getOwnPropertyDescriptor(Users.prototype, 'find');
      Object.defineProperty(Users.prototype, 'find', Cacheable({ key: 'user' })(Users.prototype, 'find', descriptor) ?? descriptor);
      const open = (module) => NestFactory.createApplicationContext(
        { module: class {}, imports: [module.forRoot({ connection: 'memory://shared' })], providers: [Users] },
        { logger: false },
      );
      const [one, other] = [await open(CachexModule), await open(imported.CachexModule)];
      const answers = [await one.get(Users).find(), await other.get(Users).find()];
      await one.get(imported.CachexService).set('key', 'of one');
      log({ answers, found: await other.get(imported.getCachexToken()).get('key') });
      await one.close();
      await other.close();`);
    expect(found).toEqual({ answers: [1, 1], found: 'of one' });
  });

  it('leaves nothing in CommonJS that only an ES module has', () => {
    const files = readdirSync(`${root}/dist`, { recursive: true, encoding: 'utf8' });
    const scripts = files.filter((file) => file.endsWith('.js') && !file.startsWith('esm/'));
    expect(scripts.length).toBeGreaterThan(6);
    for (const file of scripts) {
      const code = readFileSync(`${root}/dist/${file}`, 'utf8');
      expect(() => compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'])).not.toThrow();
    }
  });

  it('finds optional packages even if a bundler removes the name of the file', async () => {
    const found = await evaluate(`
      const { compileFunction } = await import('node:vm');
      const { readFileSync } = await import('node:fs');
      const files = new Map();
      const load = (file) => {
        if (files.has(file)) return files.get(file).exports;
        const module = { exports: {} };
        files.set(file, module);
        const requireHere = (id) => id.startsWith('.') ? load(new URL(id, file).href) : require(id);
        compileFunction(readFileSync(new URL(file), 'utf8'), ['exports', 'require', 'module'])(module.exports, requireHere, module);
        return module.exports;
      };
      process.argv[1] = '${root}/main.js';
      const { Lz4Compressor } = load('${pathToFileURL(`${root}/dist/index.js`).href}');
      log(new Lz4Compressor().name);`);
    expect(found).toBe('lz4');
  });

  it.each([
    ['msgpackr', 'class Unpackr ', 'Permission is hereby granted, free of charge'],
    ['lru-cache', '= "LRUCache"', 'Blue Oak Model License'],
  ])('keeps the licence of what is bundled: %s', (name, code, license) => {
    const files = readdirSync(`${root}/dist/shared`).map((file) => readFileSync(`${root}/dist/shared/${file}`, 'utf8'));
    const bundled = files.filter((text) => text.includes(code));
    expect(bundled).toHaveLength(1);
    expect(bundled[0]).toContain(`Contains parts of ${name}.`);
    expect(bundled[0]).toContain(license);
  });
});
