import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.spec.ts'],
    globalSetup: ['test/global-setup.ts'],
    reporters: ['default', './test/faults/table.reporter.ts', './test/closing-line.reporter.ts'],
    setupFiles: ['reflect-metadata'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Of two cores; much of the time of a spec goes by in waiting for leases and servers.
    maxWorkers: 3,
    // Failovers and cut connections are raced against real servers; a busy CI machine gets a second try.
    retry: process.env.CI ? 2 : 0,
  },
});
