import { defineConfig } from 'vitest/config';

/** They put other modules in the place of those that the library loads. */
const replacingModules = [
  'test/codec/built-in-zstd.spec.ts',
  'test/codec/missing-library.spec.ts',
  'test/memory/lua-missing.spec.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './test/faults/table.reporter.ts', './test/closing-line.reporter.ts'],
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'specs',
          include: ['test/**/*.spec.ts'],
          exclude: replacingModules,
          globalSetup: ['test/global-setup.ts'],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'replacing modules', include: replacingModules } },
    ],
    setupFiles: ['reflect-metadata', 'test/end-with-run.ts'],
    // As long as a busy machine may take; who waits is told at once when it is so.
    expect: { poll: { timeout: 10_000 } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
