import { defineConfig } from 'vitest/config';

// A separate run, which servers.spec.ts starts and kills.
export default defineConfig({
  test: {
    include: ['test/servers/orphans/*.fixture.ts'],
    setupFiles: ['test/end-with-run.ts'],
    disableConsoleIntercept: true,
    testTimeout: 60_000,
  },
});
