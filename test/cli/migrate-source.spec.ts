import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { migrateSource, type Migrated } from '../../lib/cli/migrate/migrate-source.js';
import type { TtlUnit } from '../../lib/cli/migrate/times.js';

const migrate = (text: string, unit: TtlUnit = 'ms'): Migrated => migrateSource(ts, 'file.ts', text, unit, {});

/** The body of the only method of a class with a cache. */
function migrateBody(body: string, unit?: TtlUnit): { body: string; notes: string[] } {
  const head = `import { CACHE_MANAGER, Cache } from '@nestjs/cache-manager';\nclass A {\n  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}\n  async run() {\n`;
  const { text, notes } = migrate(`${head}    ${body}\n  }\n}\n`, unit);
  const migrated = text.slice(text.indexOf('run() {\n') + 'run() {\n'.length, text.lastIndexOf('\n  }'));
  return { body: migrated.trim(), notes: notes.map((note) => note.text) };
}

const migrateModule = (call: string, imports = ''): Migrated =>
  migrate(
    `import { CacheModule } from '@nestjs/cache-manager';\n${imports}\n@Module({ imports: [${call}] })\nclass A {}\n`,
  );

describe('calls', () => {
  it.each([
    ['await this.cache.get<User>(key);', 'await this.cache.get<User>(key);'],
    ['await this.cache.del(key);', 'await this.cache.delete(key);'],
    ['await this.cache.mdel(keys);', 'await this.cache.deleteMany(keys);'],
    ['await this.cache.reset();', 'await this.cache.clear();'],
    ['await (this.cache as any).del(key);', 'await (this.cache as any).delete(key);'],
    ['await this.cache.set(key, 1);', 'await this.cache.set(key, 1);'],
    ['await this.cache.set(key, 1, 0);', 'await this.cache.set(key, 1, null);'],
    ['await this.cache.set(key, 1, 60 * 1000);', "await this.cache.set(key, 1, '1m');"],
    ['await this.cache.set(key, 1, 24 * 60 * 60 * 1000);', "await this.cache.set(key, 1, '1d');"],
    ['await this.cache.set(key, 1, 1_500);', "await this.cache.set(key, 1, '1500ms');"],
    ['await this.cache.set(key, 1, TTL);', 'await this.cache.set(key, 1, TTL / 1000);'],
    ['await this.cache.set(key, 1, ttl ?? 5);', 'await this.cache.set(key, 1, (ttl ?? 5) / 1000);'],
    ['await this.cache.set(key, 1, undefined);', 'await this.cache.set(key, 1, undefined);'],
    ['await this.cache.set(key, 1, o?.ttl);', 'await this.cache.set(key, 1, o?.ttl && o?.ttl / 1000);'],
    [
      'return (ttl?: number) => this.cache.wrap(key, load, ttl);',
      'return (ttl?: number) => this.cache.getOrSet(key, load, { timeout: ttl && ttl / 1000 });',
    ],
    ['return this.cache.clear();', 'return this.cache.clear().then(() => true);'],
    ['return await this.cache.mdel(keys);', 'return await this.cache.deleteMany(keys).then(() => true);'],
    ['return this.cache.wrap(key, () => load());', 'return this.cache.getOrSet(key, () => load());'],
    ['return this.cache.wrap(key, load, 5000);', "return this.cache.getOrSet(key, load, { timeout: '5s' });"],
    [
      'return this.cache.wrap(key, load, 5000, 1000);',
      "return this.cache.getOrSet(key, load, { timeout: '5s', stampede: true });",
    ],
    [
      'return this.cache.wrap(key, load, { ttl: 5000, refreshThreshold: 1000 });',
      "return this.cache.getOrSet(key, load, { timeout: '5s', stampede: true });",
    ],
    [
      'return this.cache.wrap(a, () => this.cache.wrap(b, load, 1000), 2000);',
      "return this.cache.getOrSet(a, () => this.cache.getOrSet(b, load, { timeout: '1s' }), { timeout: '2s' });",
    ],
    [
      'const [a, b] = await this.cache.mget<User>([x, `${y}`]);',
      'const [a, b] = await this.cache.getMany<User>([x, `${y}`]).then((found) => [x, `${y}`].map((key) => found.get(key)));',
    ],
    [
      'await this.cache.mset([{ key: x, value: 1, ttl: 1000 }, { key: y, value }]);',
      "await this.cache.pipeline().set(x, 1, '1s').set(y, value).execute();",
    ],
  ])('%s', (before, after) => {
    expect(migrateBody(before)).toEqual({ body: after, notes: [] });
  });

  it.each([
    ['await this.cache.set(key, 1, 60);', "await this.cache.set(key, 1, '1m');"],
    ['await this.cache.set(key, 1, { ttl: 60 });', "await this.cache.set(key, 1, '1m');"],
    ['await this.cache.set(key, 1, { ttl: seconds } as any);', 'await this.cache.set(key, 1, seconds);'],
    ['return this.cache.wrap(key, load, { ttl: 60 });', "return this.cache.getOrSet(key, load, { timeout: '1m' });"],
  ])('in seconds: %s', (before, after) => {
    expect(migrateBody(before, 's')).toEqual({ body: after, notes: [] });
  });

  it.each([
    ['const v = await this.cache.set(key, 1);', 'whether it was set'],
    ['await this.cache.set(key, 1, { ttl: 60 });', 'not understood'],
    ['return this.cache.wrap(key, load, (value) => value.ttl);', 'not understood'],
    ['return this.cache.wrap(key, load, { raw: true });', 'not understood'],
    ['return this.cache.mget(this.keys());', 'getMany(keys) gives a Map'],
    ['await this.cache.mset(entries);', 'setMany'],
    ['return this.cache.ttl(key);', 'expireTime'],
    ['return this.cache.stores[0];', 'getClient()'],
    ["this.cache.on('set', listen);", 'no events'],
    ['const { cache } = this; const f = this.cache.del;', 'without a call'],
    ['return this.cache.opts;', 'is not known'],
  ])('leaves %s to a person', (line, why) => {
    const { body, notes } = migrateBody(line);
    expect(body).toBe(line);
    expect(notes).toEqual([expect.stringContaining(why)]);
  });

  it('of anything but a cache are left alone', () => {
    const { text } = migrate(`import { Cache } from 'cache-manager';
function f(map: Map<string, number>, cache: Cache) {
  map.del('a'); this.cache.del('a'); ((cache: Other) => cache.del('a'))(x);
  return cache.del('a');
}`);
    expect(text.match(/\.del\(/g)).toHaveLength(3);
    expect(text).toContain("return cache.delete('a');");
  });
});

describe('injections', () => {
  it.each([
    ['constructor(@Inject(CACHE_MANAGER) private cache: Cache) {}', 'constructor(private cache: CachexService) {}'],
    ['constructor(@Inject(CACHE_MANAGER) private cache: any) {}', 'constructor(private cache: CachexService) {}'],
    ['constructor(@Inject(CACHE_MANAGER) private cache) {}', 'constructor(private cache: CachexService) {}'],
    [
      'constructor(@Optional() @Inject(CACHE_MANAGER) private cache?: Cache) {}',
      'constructor(@Optional() private cache?: CachexService) {}',
    ],
    ['@Inject(CACHE_MANAGER) private cache: Cache;', '@Inject() private cache: CachexService;'],
    ['run(cache: Cache<Store>): Cache {}', 'run(cache: CachexService): CachexService {}'],
    [
      'run() { return this.module.get<Cache>(CACHE_MANAGER).del(1); }',
      'run() { return this.module.get<CachexService>(getCachexToken()).del(1); }',
    ],
  ])('%s', (before, after) => {
    const { text } = migrate(
      `import { CACHE_MANAGER, Cache } from '@nestjs/cache-manager';\nclass A {\n  ${before}\n}\n`,
    );
    expect(text).toContain(`  ${after}\n`);
    expect(text).not.toContain('@nestjs/cache-manager');
    expect(text).toContain("from 'nest-cachex'");
  });

  it('of another type are left to a person', () => {
    const before = `import { CACHE_MANAGER } from '@nestjs/cache-manager';\nclass A { constructor(@Inject(CACHE_MANAGER) private cache: RedisCache) { this.cache.del(1); } }\n`;
    const { text, notes } = migrate(before);
    expect(text).toBe(before);
    expect(notes).toEqual([{ line: 2, text: expect.stringContaining('RedisCache') as string }]);
  });

  it('replace a type-only import by a real one', () => {
    const { text } = migrate(
      `import { CACHE_MANAGER } from '@nestjs/cache-manager';\nimport type { Cache } from 'cache-manager';\nclass A { constructor(@Inject(CACHE_MANAGER) c: Cache) {} }\n`,
    );
    expect(text).toBe(`import { CachexService } from 'nest-cachex';\nclass A { constructor(c: CachexService) {} }\n`);
  });

  it('leave a file without semicolons without them', () => {
    const { text } = migrate(
      `import { CACHE_MANAGER, Cache } from '@nestjs/cache-manager'\nimport { Inject, Injectable } from '@nestjs/common'\n@Injectable()\nclass A { constructor(@Inject(CACHE_MANAGER) c: Cache) {} }\n`,
    );
    expect(text).toMatch(
      /^import { Injectable } from '@nestjs\/common'\nimport { CachexService } from 'nest-cachex'\n@/,
    );
  });

  it('keep other uses of the same names', () => {
    const { text } = migrate(
      `import { CACHE_MANAGER } from '@nestjs/cache-manager';\nimport { Cacheable } from 'cacheable';\nnew Cacheable(); module.get(CACHE_MANAGER);\n`,
    );
    expect(text).toContain("import { getCachexToken } from 'nest-cachex';");
    expect(text).toContain("import { Cacheable } from 'cacheable';");
  });
});

describe('the module', () => {
  it.each([
    ['CacheModule.register()', '', "CachexModule.forRoot({ connection: 'memory://', timeout: null })"],
    [
      'CacheModule.register({ isGlobal: true, ttl: 5000, max: 100 })',
      '',
      "CachexModule.forRoot({ connection: 'memory://?maxEntries=100', timeout: '5s' })",
    ],
    [
      "CacheModule.register({ stores: [createKeyv('redis://a', { namespace: 'shop' })] })",
      "import { createKeyv } from '@keyv/redis';",
      "CachexModule.forRoot({ connection: 'redis://a', keyPrefix: 'shop', timeout: null })",
    ],
    [
      'CacheModule.register({ stores: [new Keyv({ store: new KeyvRedis(url), ttl: 1000 })] })',
      "import { Keyv } from 'keyv';\nimport KeyvRedis from '@keyv/redis';",
      "CachexModule.forRoot({ connection: url, timeout: '1s' })",
    ],
    [
      'CacheModule.register({ stores: [new Keyv({ store: new CacheableMemory({ lruSize: 9 }) }), new KeyvRedis(url)] })',
      "import { Keyv } from 'keyv';\nimport KeyvRedis from '@keyv/redis';\nimport { CacheableMemory } from 'cacheable';",
      'CachexModule.forRoot({ connection: url, timeout: null, tracking: true })',
    ],
    [
      "CacheModule.register({ store: redisStore, host: 'a', port: 6379, ttl: 1000 })",
      "import * as redisStore from 'cache-manager-redis-store';",
      "CachexModule.forRoot({ connection: { host: 'a', port: 6379 }, timeout: '1s' })",
    ],
    [
      'CacheModule.registerAsync({ isGlobal: true, useFactory: async () => ({ store: await redisStore({ socket: { host, port }, ttl: 1000 }) }) })',
      "import { redisStore } from 'cache-manager-redis-yet';",
      "CachexModule.forRootAsync({ useFactory: async () => ({ connection: { host, port }, timeout: '1s' }) })",
    ],
    [
      'CacheModule.registerAsync({ inject: [Config], useFactory: async (c: Config) => { const store = await redisStore({ url: c.url }); return { store: () => store }; } })',
      "import { redisStore } from 'cache-manager-redis-yet';",
      'CachexModule.forRootAsync({ inject: [Config], useFactory: async (c: Config) => { return { connection: c.url, timeout: null }; } })',
    ],
  ])('%s', (before, imports, after) => {
    const { text, notes } = migrateModule(before, imports);
    expect(notes).toEqual([]);
    expect(text).toContain(`imports: [${after}]`);
    expect(text.match(/from '(.*)'/g)).toEqual(["from 'nest-cachex'"]);
  });

  it.each([
    ['CacheModule.register(options)', 'its options are defined elsewhere'],
    ['CacheModule.register({ useFactory: () => ({ stores: [] }) })', 'it never calls its useFactory'],
    ['CacheModule.register({ ...options })', 'its options are spread or computed'],
    ['CacheModule.register({ stores: [new Mine()] })', 'one of its stores is not understood'],
    ['CacheModule.register({ isCacheableValue })', 'its option isCacheableValue is not known'],
    ['CacheModule.registerAsync({ useClass: Options })', 'it has no useFactory that returns an object literal'],
  ])('leaves %s to a person', (call, why) => {
    const { text, notes } = migrateModule(call);
    expect(text).toContain(`imports: [${call}]`);
    expect(text).toContain("from '@nestjs/cache-manager'");
    expect(notes).toEqual([{ line: 3, text: expect.stringContaining(why) as string }]);
  });

  it('is registered once, for all modules that imported or exported it', () => {
    const registration = {};
    const file = (text: string): Migrated =>
      migrateSource(ts, 'a.ts', `import { CacheModule } from '@nestjs/cache-manager';\n${text}`, 'ms', registration);
    expect(file('@Module({ imports: [CacheModule.register({ ttl: 1000 })] }) class A {}').text).toContain(
      'CachexModule.forRoot(',
    );
    expect(file('@Module({ imports: [B, CacheModule.register()], exports: [CacheModule, C] }) class D {}')).toEqual({
      text: '@Module({ imports: [B], exports: [C] }) class D {}',
      notes: [],
    });
    const other = '@Module({ imports: [CacheModule.register({ ttl: 2000 })] }) class E {}';
    expect(file(other).text).toContain(other);
    expect(file(other).notes).toEqual([{ line: 2, text: expect.stringContaining('needs a name') as string }]);
  });
});

describe('interceptors', () => {
  const migrateController = (head: string, handlers: string): Migrated =>
    migrate(
      `import { CacheInterceptor, CacheKey, CacheTTL } from '@nestjs/cache-manager';\nimport { Controller, Get, UseInterceptors } from '@nestjs/common';\n${head}\n@Controller()\nclass A {\n${handlers}\n}\n`,
    );

  it('of a class become decorators of its GET handlers', () => {
    const { text, notes } = migrateController(
      '@UseInterceptors(CacheInterceptor)\n@CacheTTL(60_000)',
      "  @CacheKey('all')\n  @Get()\n  all(): User[] {}\n\n  @Get(':id')\n  async one(@Param('id') id: string) {}\n\n  @Post()\n  add() {}",
    );
    expect(notes).toEqual([]);
    expect(text).toBe(
      "import { Controller, Get } from '@nestjs/common';\nimport { Cacheable } from 'nest-cachex';\n@Controller()\nclass A {\n  @Cacheable({ key: 'all', timeout: '1m' })\n  @Get()\n  async all(): Promise<User[]> {}\n\n  @Cacheable({ timeout: '1m' })\n  @Get(':id')\n  async one(@Param('id') id: string) {}\n\n  @Post()\n  add() {}\n}\n",
    );
  });

  it('of a handler keep their neighbours', () => {
    const { text } = migrateController(
      '',
      '  @UseInterceptors(Logging, CacheInterceptor)\n  @CacheKey((context) => keyOf(context))\n  @Get()\n  all(): Promise<User[]> {}',
    );
    expect(text).toContain(
      '  @UseInterceptors(Logging)\n  @Cacheable({ key: fromContext((context) => keyOf(context)) })\n  @Get()\n  all(): Promise<User[]> {}',
    );
  });

  it.each([
    ['me(@Req() request) {}', 'key: fromContext(…)'],
    ['all(): Observable<User> {}', 'make it a promise'],
  ])('leave %s to a person', (handler, why) => {
    const { notes } = migrateController('@UseInterceptors(CacheInterceptor)', `  @Get()\n  ${handler}`);
    expect(notes).toEqual([{ line: 6, text: expect.stringContaining(why) as string }]);
  });

  it('of all routes, and subclasses, are left to a person', () => {
    const { notes } = migrateController(
      '',
      '  x = { provide: APP_INTERCEPTOR, useClass: CacheInterceptor };\n}\nclass B extends CacheInterceptor {',
    );
    expect(notes.map(({ text }) => text)).toEqual([
      expect.stringContaining('nothing caches all routes at once'),
      expect.stringContaining('a subclass of CacheInterceptor'),
    ]);
  });
});
