// node bench/pages/benchmarks.mjs: writes the tables of docs/benchmarks.md from the last results.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { aims } from './aims.mjs';
import { markdownTable, replaced, runOf } from './marks.mjs';

const page = new URL('../../docs/benchmarks.md', import.meta.url);
const results = new URL('../results/latest.json', import.meta.url);

/** The page's names of contenders that have others in the results. */
const titles = {
  'nest-cachex, JSON': "nest-cachex, `'json'`",
  'ioredis, autopipelining': 'ioredis with autopipelining',
  'node-redis, no timeouts': 'node-redis without timeouts',
  'keyv + @keyv/redis': 'Keyv',
  '@nestjs/cache-manager + @keyv/redis': '`@nestjs/cache-manager`, Keyv',
  '@nestjs/cache-manager, memory + Redis': '`@nestjs/cache-manager`, memory + Redis',
};

/** Microseconds, then how many times as fast as ioredis; or of the processor, then how many times the floor. */
const time = { cell: ({ us, ratio }) => `${number(us)} (${ratio.toFixed(2)})` };
const processor = { cell: ({ cpu, cpuOfFloor }) => `${number(cpu)} (${cpuOfFloor.toFixed(2)})` };
const milliseconds = { cell: ({ us, ratio }) => `${number(us / 1000)} (${ratio.toFixed(2)})` };

const small = {
  'set, 100 in flight': 'set 200 B, 100 in flight',
  'get, 100 in flight': 'get 200 B, 100 in flight',
  'set, one by one': 'set 200 B, one after the other',
  'get, one by one': 'get 200 B, one after the other',
};
const large = {
  'set 10 KB': 'set 10 KB, 100 in flight',
  'get 10 KB': 'get 10 KB, 100 in flight',
  'set 100 KB': 'set 100 KB, 10 in flight',
  'get 100 KB': 'get 100 KB, 10 in flight',
};
const timedByProcessor = [
  'ioredis',
  'nest-cachex',
  'nest-cachex, JSON',
  'iovalkey',
  'node-redis',
  'node-redis, no timeouts',
];

/** The tables by their marks: of which part, what stands over the names, and which case is in which column. */
const tables = {
  values: { part: 'values', head: '200 B', columns: small, ...time },
  processor: {
    part: 'values',
    head: 'processor, × floor',
    columns: small,
    only: [...timedByProcessor, 'floor'],
    ...processor,
  },
  large: { part: 'values', head: '10 KB and 100 KB', columns: large, ...time },
  collections: {
    part: 'collections',
    head: 'many values',
    columns: {
      'getMany of 100': 'getMany of 100',
      'pipeline of 100 gets': 'pipeline of 100 gets',
      'hgetall of 20': 'hgetall of 20 fields, 20 in flight',
      'zrange of 100': 'zrange of 100, 20 in flight',
    },
    ...time,
  },
  compressed: { part: 'compressed', head: 'compressed', columns: large, ...time },
  cluster: { part: 'cluster', head: 'cluster', columns: { ...small, 'getMany of 100': 'getMany of 100' }, ...time },
  copies: {
    part: 'hits',
    head: 'local copies',
    columns: {
      '200 B': 'get of a local copy, 200 B',
      '10 KB': 'get of a local copy, 10 KB',
      'a text': 'get of a local copy, a text',
    },
    ...time,
  },
  hits: {
    part: 'hits',
    head: 'getOrSet, hits',
    columns: {
      '200 B, one by one': 'getOrSet, a hit of 200 B, one after the other',
      '200 B, 100 in flight': 'getOrSet, a hit of 200 B, 100 in flight',
      '10 KB, 100 in flight': 'getOrSet, a hit of 10 KB, 100 in flight',
    },
    ...time,
  },
  locks: {
    part: 'locks',
    head: 'locks',
    columns: {
      'acquire and release': 'acquire and release, one after the other',
      '100 locks in flight': 'acquire and release, 100 locks in flight',
    },
    ...time,
  },
  queue: {
    part: 'locks',
    head: 'ms until the last has released',
    columns: {
      '20 callers of one lock, each for 1 ms':
        '20 callers at once, each holding the lock for 1 ms: until the last has released',
    },
    ...milliseconds,
  },
  many: {
    part: 'manyKeys',
    head: 'many keys, and misses',
    columns: {
      '1000 keys, hits': '1000 keys, all hits',
      '400 of 1000 missing': '1000 keys, 400 missing',
      '50 keys, hits': '50 keys, all hits',
      '20 of 50 missing': '50 keys, 20 missing',
      'a miss, one by one': 'getOrSet, a miss, one after the other',
      '100 in flight': 'getOrSet, a miss, 100 in flight',
    },
    ...time,
  },
  deletion: {
    part: 'deletion',
    head: '100,000 of 200,000 keys, ms',
    columns: {
      'until all are gone': 'deletePattern',
      'the longest wait of another call meanwhile': 'deletePattern, longest wait of another caller in the same process',
    },
    ...milliseconds,
  },
};

/** The parts that measure our own code and others' in one process: cases by contenders, in microseconds. */
const plainTables = {
  decorators: {
    part: 'decorators',
    head: 'µs of the processor',
    columns: { 'one after the other': 'sequential', '100 in flight': 'in flight 100' },
    rows: {
      get: '`cache.get`',
      getOrSet: '`cache.getOrSet`',
      byKey: '`@Cacheable` with a key function',
      byText: '`@Cacheable` with the default key',
      byObject: 'the same, of an object',
    },
  },
  http: {
    part: 'decorators',
    head: 'HTTP route (Express), 16 connections',
    columns: { 'µs of the processor': 'HTTP route, 16 connections' },
    rows: {
      uncached: 'without a cache, nothing to wait for',
      intercepted: 'with an interceptor that does nothing',
      cachex: '`@Cacheable`',
      cachexByKey: '`@Cacheable` with a key function',
      cacheManager: '`CacheInterceptor` of `@nestjs/cache-manager`, Keyv',
    },
  },
  overhead: {
    part: 'overhead',
    head: 'µs a call',
    columns: { 'added by the library': 'added per call' },
    rows: { set: '`set`', get: '`get`' },
  },
  embedded: {
    part: 'embedded',
    head: 'the embedded engine and caches in memory, µs',
    columns: {
      '`set`': 'set',
      '`get`': 'get',
      '`getMany` of 100': 'getMany of 100',
      '`zadd`': 'zadd',
      '`zrange` of 10': 'zrange of 10',
    },
    rows: {
      'nest-cachex': 'nest-cachex, `memory://`',
      'cache-manager': 'cache-manager',
      bentocache: 'bentocache',
      'ioredis-mock': 'ioredis-mock',
    },
  },
};

function number(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

function tableOf({ part, head, columns, only, cell }, parts) {
  const cases = Object.values(columns).map((label) => parts[part].rows[label]);
  const all = [...new Set(cases.flatMap(({ contenders }) => Object.keys(contenders)))];
  const names = only ?? [...all.filter((name) => name !== 'floor'), ...all.filter((name) => name === 'floor')];
  const cells = (name) => cases.map(({ contenders }) => (contenders[name] ? cell(contenders[name]) : ''));
  const rows = names.filter((name) => cells(name).some(Boolean)).map((name) => [titles[name] ?? name, ...cells(name)]);
  const stolen = ['_stolen, %_', ...cases.map(({ stealPercent }) => stealPercent)];
  return markdownTable([[head, ...Object.keys(columns)], ...rows, stolen]);
}

function plainTableOf({ part, head, columns, rows }, parts) {
  const cells = (name) =>
    Object.values(columns).map((label) => {
      const value = parts[part].rows[label][name];
      return value === undefined ? '' : number(value);
    });
  return markdownTable([
    [head, ...Object.keys(columns)],
    ...Object.entries(rows).map(([name, title]) => [title, ...cells(name)]),
  ]);
}

const { parts, ...machine } = JSON.parse(await readFile(results, 'utf8'));
let text = await readFile(page, 'utf8');
text = replaced(text, 'run', runOf(machine, parts.values));
for (const [mark, table] of Object.entries(tables)) text = replaced(text, mark, tableOf(table, parts));
for (const [mark, table] of Object.entries(plainTables)) text = replaced(text, mark, plainTableOf(table, parts));
text = replaced(text, 'aims', markdownTable([['aim', 'came to'], ...aims(parts)]));
await writeFile(page, text);
execFileSync('npx', ['oxfmt', fileURLToPath(page)]);
