import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** Hides packages, as if nobody had installed them. */
const withoutThem = `
  import Module from 'node:module';
  const load = Module._load;
  Module._load = function (request, ...rest) {
    if (/^(@nestjs\\/(terminus|throttler)|prom-client|@opentelemetry|keyv|express-session|drizzle-orm|typeorm|graphql)/.test(request)) {
      throw Object.assign(new Error('Cannot find module ' + request), { code: 'MODULE_NOT_FOUND' });
    }
    return load.call(this, request, ...rest);
  };`;

const load = (...entries: string[]) =>
  run(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(withoutThem)}`,
      '--input-type=module',
      '-e',
      `import 'reflect-metadata';
      for (const entry of ${JSON.stringify(entries)}) console.log(Object.keys(await import(entry)).join());`,
    ],
    { cwd: root },
  );

describe('without the optional packages', () => {
  it('the others load', async () => {
    const { stdout } = await load(
      'nest-cachex',
      'nest-cachex/admin',
      'nest-cachex/keyv',
      'nest-cachex/session',
      'nest-cachex/testing',
      'nest-cachex/throttler',
      'nest-cachex/typeorm',
    );
    for (const name of [
      'CachexModule',
      'CachexAdminModule',
      'CachexKeyv',
      'CachexSessionStore',
      'CachexTestingModule',
      'CachexThrottlerStorage',
      'CachexQueryResultCache',
    ])
      expect(stdout).toContain(name);
  });

  it.each([
    ['nest-cachex/drizzle', 'drizzle-orm'],
    ['nest-cachex/graphql', 'graphql-subscriptions'],
    ['nest-cachex/health', '@nestjs/terminus'],
    ['nest-cachex/metrics', 'prom-client'],
    ['nest-cachex/opentelemetry', '@opentelemetry/api'],
  ])('%s says that %s is to be installed', async (entry, missing) => {
    await expect(load(entry)).rejects.toThrow(
      `ConfigError: ${entry} needs the package ${missing}, which cannot be loaded: npm install ${missing}`,
    );
  });
});
