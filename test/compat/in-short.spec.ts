import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisServer, startServer } from '../servers/server.js';
import { readExample } from './readme.mjs';

/*
 * A short form of `npm run compat`: the packed library in a project of Nest 11 with Jest and CommonJS, and of Nest 12
 * with Vitest and ES modules. The projects are those of `nest new`, without what this spec does not need.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const PATIENCE = 180_000;
const exec = (program: string, args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }) =>
  promisify(execFile)(program, args, { ...options, timeout: PATIENCE });

const main = (suffix: string) => `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module${suffix}';

const app = NestFactory.create(AppModule, { logger: ['log'] });
void app.then((created) => created.listen(process.env.PORT ?? 3000));
`;

const compilerOptions = {
  module: 'nodenext',
  target: 'es2023',
  outDir: 'dist',
  rootDir: 'src',
  esModuleInterop: true,
  isolatedModules: true,
  declaration: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  skipLibCheck: true,
  strict: true,
};

const jest = { rootDir: 'src', testRegex: String.raw`\.spec\.ts$`, transform: { '^.+\\.ts$': 'ts-jest' } };

class Project {
  private constructor(
    readonly folder: string,
    private readonly server: RedisServer,
  ) {}

  /** @param install installs its packages, except ours */
  static async create(esm: boolean, install: (folder: string) => Promise<unknown>): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), 'nest-cachex-project-'));
    await mkdir(join(folder, 'src'));
    const write = (path: string, text: string) => writeFile(join(folder, path), text);
    const [server] = await Promise.all([
      startServer({ engine: 'redis' }),
      install(folder),
      ...[...readExample({ esm })].map(([path, code]) => write(path, code)),
      write('src/main.ts', main(esm ? '.js' : '')),
      copyFile(join(here, 'app/features.ts'), join(folder, 'src/features.ts')),
      write(
        'tsconfig.json',
        JSON.stringify({
          compilerOptions: { ...compilerOptions, types: [esm ? 'vitest/globals' : 'jest', 'node'] },
          include: ['src'],
        }),
      ),
    ]);
    const project = new Project(folder, server);
    await project.addLibrary();
    return project;
  }

  async run(program: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, CACHEX_URL: this.server.url, CACHEX_KEY_PREFIX: 'project', NODE_ENV: '' };
    const { stdout } = await exec(program, args, { cwd: this.folder, env });
    return stdout;
  }

  /** By the path inside `node_modules`. */
  node(path: string, ...args: string[]): Promise<string> {
    return this.run(process.execPath, join('node_modules', path), ...args);
  }

  async remove(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true });
  }

  /** Unpacked as by npm: the published files, and no others. */
  private async addLibrary(): Promise<void> {
    await mkdir(join(this.folder, 'node_modules/nest-cachex'));
    await this.run('tar', '-xzf', archive, '-C', 'node_modules/nest-cachex', '--strip-components=1');
  }
}

let archive: string;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nest-cachex-packed-'));
  await exec('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  archive = join(folder, (await readdir(folder))[0]!);
});
afterAll(() => rm(dirname(archive), { recursive: true }));

describe('the packed library in a project of Nest 11', { timeout: PATIENCE }, () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create(false, async (folder) => {
      for (const file of ['package.json', 'package-lock.json']) {
        await copyFile(join(here, 'nest-11', file), join(folder, file));
      }
      await writeFile(join(folder, 'jest.config.json'), JSON.stringify(jest));
      const quickly = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
      await exec('npm', ['ci', ...quickly], { cwd: folder });
    });
  }, PATIENCE);
  afterAll(() => project.remove());

  it('compiles, with the types of every entry point for both kinds of modules', async () => {
    for (const name of ['consumer.mts', 'consumer.cts']) {
      await copyFile(join(here, 'app/consumer.ts'), join(project.folder, 'src', name));
    }
    expect(await project.node('typescript/bin/tsc')).toBe('');
  });

  it('caches the route of the README', async () => {
    expect(await project.run(process.execPath, join(here, 'route.mjs'))).toBe('loaded once\n');
  });

  it('passes the unit test of the README, with Jest', async () => {
    const said: unknown = JSON.parse(await project.node('jest/bin/jest.js', '--json'));
    expect(said).toMatchObject({ numPassedTests: 1, numFailedTests: 0 });
  });

  it('works in one file that esbuild has made of everything', async () => {
    const out = join(project.folder, 'bundle/main.js');
    await project.run(process.execPath, join(here, 'bundle.mjs'), 'esbuild', 'src/features.ts', out);
    expect(await project.run(process.execPath, out)).toContain('all features work');
  });
});

describe('the packed library in a project of Nest 12', { timeout: PATIENCE }, () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create(true, async (folder) => {
      await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
      await linkPackages(folder);
    });
  }, PATIENCE);
  afterAll(() => project.remove());

  it('compiles', async () => {
    expect(await project.node('typescript/bin/tsc')).toBe('');
  });

  it('caches the route of the README', async () => {
    expect(await project.run(process.execPath, join(here, 'route.mjs'))).toBe('loaded once\n');
  });

  it('has every feature', async () => {
    expect(await project.run(process.execPath, 'dist/features.js')).toContain('all features work');
  });

  it('passes the unit test of the README, with Vitest', async () => {
    const said = await project.node('vitest/vitest.mjs', 'run', '--dir', 'src', '--globals', '--reporter=json');
    expect(JSON.parse(said)).toMatchObject({ numPassedTests: 1, numFailedTests: 0 });
  });
});

/** This repository uses Nest 12 and Vitest itself. */
async function linkPackages(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules'));
  const names = await readdir(join(root, 'node_modules'));
  const packages = names.filter((name) => !name.startsWith('.'));
  await Promise.all(
    packages.map((name) => symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))),
  );
}
