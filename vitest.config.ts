import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LongOnesFirst } from './test/long-ones-first.js';
import { isHere, newestEngines } from './test/servers/engine.js';

/**
 * They have a process each: they put other modules in the place of those that the library loads, or look at the heap, or
 * count the timers that are left, their own only; or begin first, as long work of other programs, which fills the time
 * that the specs of servers wait.
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
 * What says as much of the library on any server, or nothing at all, takes its time on the oldest ones only.
 * `TEST_SERVERS=newest npx vitest run --project specs` is all of it on the newest.
 */
const onOldest = [
  'test/!(contract|faults|locking|tracking)/**',
  'test/faults/{deployments-away,process}.spec.ts',
  'test/locking/{patience,processes}.spec.ts',
  'test/tracking/watch.spec.ts',
];

/** The driver to test, where it is not the newest one: see "npm run test:drivers". */
const driver = process.env['TEST_DRIVER'] ?? 'ioredis';
const isPublic = process.env['NEST_CACHEX_DRIVER'] === 'public';

/** What is about the library's own parser and writes: of a server that is none, the driver makes what it likes. */
const onlyInside = [
  'test/connection/{nonsense,one-write,other-drivers,reply-reader,strange-pushes}.spec.ts',
  'test/connection/future-drivers.spec.ts',
];

/** A part of the suite on what is documented of the driver; the whole of it is in "npm run test:drivers". */
const onPublic = [
  'test/contract/{blocking-lists,pipelines,strings}.spec.ts',
  'test/connection/{cluster-failover,cluster-order,demotion,nat-map}.spec.ts',
  'test/faults/standalone-faults.spec.ts',
  'test/tracking/topologies.spec.ts',
];

/** The servers of the contract suite are started once for all files of a project, which go to the same workers. */
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

/** Servers as managed services have them. */
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
    // More than there may be processors: many specs wait for a server to be away, or back.
    maxWorkers: 4,
    sequence: { sequencer: LongOnesFirst },
    projects: [
      { extends: true, test: specs },
      { extends: true, test: onManaged },
      // "npm run servers" says so where they are not to be had.
      ...(newestEngines.every(isHere) ? [{ extends: true as const, test: onNewest }] : []),
      { extends: true, test: publicDriver },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
    setupFiles: ['reflect-metadata', 'test/end-with-run.ts'],
    // As long as a busy machine may take; who waits is told at once when it is so.
    expect: { poll: { timeout: 10_000, interval: 5 } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
