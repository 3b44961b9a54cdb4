import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** Makes a package missing, as where nobody has installed it. */
const withoutTerminus = `
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`
    export async function resolve(specifier, context, next) {
      if (specifier.startsWith('@nestjs/terminus')) {
        throw Object.assign(new Error('Cannot find package ' + specifier), { code: 'ERR_MODULE_NOT_FOUND' });
      }
      return next(specifier, context);
    }
  \`));`;

const load = (entry: string) =>
  run(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(withoutTerminus)}`,
      '--input-type=module',
      '-e',
      `import 'reflect-metadata'; console.log(Object.keys(await import('${entry}')).join())`,
    ],
    { cwd: root },
  );

describe('without @nestjs/terminus', () => {
  it('the main entry point loads', async () => {
    expect((await load('nest-cachex')).stdout).toContain('CachexModule');
  });

  it('the health entry point says what is missing', async () => {
    await expect(load('nest-cachex/health')).rejects.toThrow('Cannot find package @nestjs/terminus');
  });
});
