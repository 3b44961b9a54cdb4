import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { withDependencies } from '../../lib/cli/nest-add/manifest.js';
import { withImportedModule } from '../../lib/cli/nest-add/imported-module.js';
import { nestAdd } from '../../lib/cli/nest-add/nest-add.js';

const head = "import { Module } from '@nestjs/common';\n";
const added = "import { CacheModule } from './cache/cache.module';\n";

describe('the root module', () => {
  it.each([
    ['@Module({ imports: [] })', '@Module({ imports: [CacheModule] })'],
    ['@Module({ imports: [A, B.forRoot()] })', '@Module({ imports: [A, B.forRoot(), CacheModule] })'],
    ['@Module({ providers: [] })', '@Module({\n  imports: [CacheModule], providers: [] })'],
  ])('%s', (before, after) => {
    const text = withImportedModule(ts, `${head}\n${before}\nclass App {}\n`, 'CacheModule', './cache/cache.module');
    expect(text).toBe(`${head}${added}\n${after}\nclass App {}\n`);
  });

  it.each(['@Module(options)', '@Module({ imports: all })', '@Other({})', '@Module({ imports: [CacheModule] })'])(
    '%s is left alone',
    (before) => {
      expect(withImportedModule(ts, `${head}\n${before}\nclass App {}\n`, 'CacheModule', './x')).toBeUndefined();
    },
  );
});

describe('package.json', () => {
  it.each([
    ['^11.1.0', '^4.0.0', '^11.0.0'],
    ['^12.0.0', '^12.0.0', '^12.0.0'],
  ])('of NestJS %s gets what fits it, and keeps what it has', (core, config, terminus) => {
    const text = JSON.stringify({
      name: '@acme/shop',
      dependencies: { 'nest-cachex': '1', '@nestjs/core': core, ioredis: '5.9.0' },
    });
    const result = withDependencies(text);
    expect(result).toMatchObject({ name: 'shop', isModule: false });
    expect((JSON.parse(result.text) as { dependencies: object }).dependencies).toEqual({
      '@nestjs/config': config,
      '@nestjs/core': core,
      '@nestjs/terminus': terminus,
      ioredis: '5.9.0',
      'nest-cachex': '1',
    });
    expect(withDependencies(result.text).text).toBe(result.text);
  });
});

describe('nest add nest-cachex', () => {
  function add(files: Record<string, string>): { files: Record<string, string>; warnings: string[]; tasks: string[] } {
    const [warnings, tasks]: string[][] = [[], []];
    const tree = {
      read: (path: string) => (files[path] === undefined ? null : Buffer.from(files[path])),
      exists: (path: string) => files[path] !== undefined,
      create: (path: string, text: string) => void (files[path] = text),
      overwrite: (path: string, text: string) => void (files[path] = text),
    };
    const logger = { info: () => undefined, warn: (text: string) => void warnings!.push(text) };
    nestAdd({})(tree, { logger, addTask: (task) => tasks!.push(task.toConfiguration().name) });
    return { files, warnings: warnings!, tasks: tasks! };
  }

  it('writes a module with the cache, health and a cached route, and imports it', () => {
    const { files, warnings, tasks } = add({
      'package.json': '{ "name": "shop", "type": "module" }',
      'src/app.module.ts': `${head}\n@Module({ imports: [] })\nexport class AppModule {}\n`,
    });
    expect(warnings).toEqual([]);
    expect(tasks).toEqual(['node-package']);
    expect(files['src/app.module.ts']).toContain("import { CacheModule } from './cache/cache.module.js';");
    expect(files['src/cache/cache.module.ts']).toContain("keyPrefix: 'shop'");
    expect(files['src/cache/cache.module.ts']).toContain("from './cache.controller.js'");
    expect(files['src/cache/cache.controller.ts']).toContain("@Cacheable({ timeout: '10s' })");
  });

  it('keeps existing files, and says so', () => {
    const before = { 'src/app.module.ts': 'export default 1;', 'src/cache/cache.module.ts': 'mine' };
    const { files, warnings } = add({ ...before, 'package.json': '{}' });
    expect(files).toMatchObject(before);
    expect(warnings).toEqual([
      expect.stringContaining('src/cache/cache.module.ts exists already'),
      expect.stringContaining('Import CacheModule'),
    ]);
  });
});
