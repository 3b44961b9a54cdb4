import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from './program.js';

const service = `import { CACHE_MANAGER, Cache } from '@nestjs/cache-manager';
import { Inject } from '@nestjs/common';

export class Users {
  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  async forget(id: string) {
    await this.cache.set('last', id, 60);
    await this.cache.del(id);
    return this.cache.stores;
  }
}
`;

async function openApplication(cacheManager: string): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'cachex-migrate-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'src/users.ts');
  await mkdir(join(folder, 'src/node_modules'), { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies: { 'cache-manager': cacheManager } }));
  await writeFile(join(folder, 'src/node_modules/other.ts'), service);
  await writeFile(file, service);
  return { folder, file };
}

describe('nest-cachex', () => {
  it('lists its commands, and the options of each', async () => {
    const { stdout, code } = await run([]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/admin .*\n.*migrate /);
    for (const command of ['admin', 'migrate']) {
      expect((await run([command, '--help'])).stdout).toContain(`Usage: nest-cachex ${command}`);
    }
  });

  it.each([
    [['migrat'], 'There is no command "migrat"'],
    [['migrate', '--wite'], "Unknown option '--wite'"],
    [['migrate', '--ttl', 'h'], '--ttl must be ms or s, not "h"'],
    [['migrate', 'nowhere'], 'There is no file or folder "nowhere"'],
    [['admin', '--port', 'x', '--url', 'memory://'], '--port must be a number from 0 to 65535, not "x"'],
    [['admin', '--url', 'http://x'], 'The CACHEX_* variables are not valid'],
    [['admin'], 'Name the server'],
  ])('refuses %j, and says why', async (args, why) => {
    const { stderr, code } = await run(args);
    expect(stderr).toContain(why);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
  });
});

describe('nest-cachex migrate', () => {
  it('prints its changes, and makes them with an option', async () => {
    const { folder, file } = await openApplication('^7.0.0');
    const dry = await run(['migrate'], folder);
    expect(dry.stdout).toContain("+import { CachexService } from 'nest-cachex';");
    expect(dry.stdout).toContain("+    await this.cache.set('last', id, '60ms');");
    expect(dry.stdout).toContain('  src/users.ts:10  .stores has no counterpart');
    expect(dry.stdout).toContain('Would change 1 file');
    expect(await readFile(file, 'utf8')).toBe(service);

    const written = await run(['migrate', 'src', '--write'], folder);
    expect(written.stdout).toContain('Changed 1 file');
    expect(await readFile(file, 'utf8')).toContain('await this.cache.delete(id);');
    expect(await readFile(join(folder, 'src/node_modules/other.ts'), 'utf8')).toBe(service);
    expect((await run(['migrate'], folder)).stdout).toContain('Would change 0 files');
  });

  it.each([
    ['^4.1.0', [], "'1m'"],
    ['npm:cache-manager@^5', ['--ttl', 's'], "'1m'"],
    ['^5.0.0', [], "'60ms'"],
  ])('counts a TTL as cache-manager %s %j does', async (version, options, timeout) => {
    const { folder } = await openApplication(version);
    const { stdout } = await run(['migrate', ...options], folder);
    expect(stdout).toContain(`id, ${timeout});`);
    expect(stdout).toContain(timeout === "'1m'" ? 'TTLs count seconds' : 'TTLs count milliseconds');
  });
});
