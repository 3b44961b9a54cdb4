import { defineConfig } from 'vitest/config';

// A run of its own: servers.spec.ts starts it and kills it.
export default defineConfig({
  test: {
    include: ['test/servers/orphans/*.fixture.ts'],
    setupFiles: ['test/end-with-run.ts'],
    disableConsoleIntercept: true,
    testTimeout: 60_000,
  },
});
