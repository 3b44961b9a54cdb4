import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LongOnesFirst } from './test/long-ones-first.js';
import { isHere, newestEngines } from './test/servers/engine.js';

/**
 * Each of these specs has its own process: they replace modules of the library, look at the heap, or count the
 * remaining timers. Or they start long-running programs; those begin first, and use the time that other specs spend
 * waiting.
 */
const alone = [
  'test/codec/built-in-zstd.spec.ts',
  'test/codec/missing-library.spec.ts',
  'test/connection/{reply-deadlines,slots-refresh}.spec.ts',
  'test/decorators/memory.spec.ts',
  'test/docs/site.spec.ts',
  'test/locking/lease.spec.ts',
  'test/memory/{lua-missing,refresh-without-lua}.spec.ts',
  'test/package/lint.spec.ts',
  'test/tracking/feed.spec.ts',
];

/**
 * Specs that do not depend on the server version: they run on the oldest servers only. `TEST_SERVERS=newest npx vitest
 * run --project specs` runs everything on the newest ones.
 */
const onOldest = [
  'test/!(contract|faults|locking|tracking)/**',
  'test/faults/{deployments-away,process}.spec.ts',
  'test/locking/{patience,processes}.spec.ts',
  'test/tracking/watch.spec.ts',
];

/** The driver to test, unless it is the newest one: see "npm run test:drivers". */
const driver = process.env['TEST_DRIVER'] ?? 'ioredis';
const isPublic = process.env['NEST_CACHEX_DRIVER'] === 'public';

/**
 * Specs of the library's own parser and writes. Where a pretended server answers, the driver's public interface behaves
 * in its own way.
 */
const onlyInside = [
  'test/connection/{nonsense,one-write,other-drivers,reply-reader,strange-pushes}.spec.ts',
  'test/connection/future-drivers.spec.ts',
];

/** The part of the suite that also runs on the driver's public interface; "npm run test:drivers" runs all of it. */
const onPublic = [
  'test/contract/{blocking-lists,pipelines,strings}.spec.ts',
  'test/connection/{cluster-failover,cluster-order,demotion,nat-map}.spec.ts',
  'test/faults/standalone-faults.spec.ts',
  'test/tracking/topologies.spec.ts',
];

/** The servers of the contract suite start once for all files of a project; those files share workers. */
const specs: TestProjectInlineConfiguration['test'] = {
  name: 'specs',
  include: ['test/**/*.spec.ts'],
  exclude: ['test/profiles/**', ...alone, ...(isPublic ? onlyInside : [])],
  globalSetup: ['test/global-setup.ts'],
  setupFiles: ['test/with-servers.ts'],
  isolate: false,
};

const onNewest: TestProjectInlineConfiguration['test'] = {
  ...specs,
  name: 'newest servers',
  exclude: [...onOldest, ...alone],
  env: { TEST_SERVERS: 'newest' },
};

/** Servers with the restrictions of managed services. */
const onManaged: TestProjectInlineConfiguration['test'] = {
  ...specs,
  name: 'managed services',
  include: [
    'test/contract/**/*.spec.ts',
    'test/caching/{add,computation,get-or-set,grace,invalidation,kept-beyond,tags}.spec.ts',
    'test/locking/{claims,leftovers,semaphores}.spec.ts',
    'test/profiles/**/*.spec.ts',
    'test/tracking/topologies.spec.ts',
  ],
  exclude: [],
  env: { TEST_SERVERS: 'managed' },
};

const publicDriver: TestProjectInlineConfiguration['test'] = {
  ...specs,
  name: 'documented driver',
  include: onPublic,
  env: { NEST_CACHEX_DRIVER: 'public' },
};

export default defineConfig({
  resolve: { alias: [{ find: /^ioredis$/, replacement: driver }] },
  test: {
    reporters: ['default', './test/faults/table.reporter.ts', './test/closing-line.reporter.ts'],
    // More than most machines have processors: many specs wait for a server to go away or come back.
    maxWorkers: 6,
    sequence: { sequencer: LongOnesFirst },
    projects: [
      { extends: true, test: specs },
      { extends: true, test: onManaged },
      // If they are not installed, "npm run servers" says so.
      ...(newestEngines.every(isHere) ? [{ extends: true as const, test: onNewest }] : []),
      { extends: true, test: publicDriver },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
    setupFiles: ['reflect-metadata', 'test/end-with-run.ts'],
    // Long enough for a busy machine; a waiter continues as soon as the condition holds.
    expect: { poll: { timeout: 20_000, interval: 5 } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
