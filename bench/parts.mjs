/** What can be measured, each in a process of its own. `run` gets the servers and gives rows of numbers. */
export const parts = {
  commands: {
    title: 'Commands: µs a call (µs of the processor)',
    run: async ({ url, onRow }) => (await import('./commands.mjs')).commands(url, { onRow }),
  },
  cluster: {
    title: 'Commands on a cluster of three: µs a call (µs of the processor)',
    run: async ({ urls, onRow }) => (await import('./commands.mjs')).clusterCommands(urls, { onRow }),
  },
  overhead: {
    title: 'Added per call, codec included, where the server answers at once: µs',
    run: async () => ({ 'added per call': await (await import('./overhead.mjs')).overhead() }),
  },
  tracking: {
    title: 'Reads of what is in this process already: µs a call',
    run: async ({ url }) => (await import('./tracking.mjs')).tracking(url),
  },
  getOrSet: {
    title: 'getOrSet, hits: µs a call',
    run: async ({ url }) => (await import('./get-or-set.mjs')).getOrSet(url),
  },
  decorators: {
    title: 'Hits through @Cacheable: µs of the processor a call',
    run: async ({ url }) => {
      const { providerHits, routeHits } = await import('./decorators.mjs');
      return { ...(await providerHits(url)), 'HTTP route': await routeHits(url) };
    },
  },
  locks: {
    title: 'Locks: acquire + release as ratios to SET NX PX + EVALSHA; 20 waiters, ms and ratio to the ideal',
    run: async ({ url }) => ({ locks: await (await import('./locks.mjs')).locks(url) }),
  },
  deletePattern: {
    title: 'deletePattern, 100,000 of 200,000 keys: seconds',
    run: async ({ url }) => ({ deletePattern: await (await import('./delete-pattern.mjs')).deletePattern(url) }),
  },
  memory: {
    title: 'The embedded engine and caches in memory: µs a call',
    run: async () => (await import('./memory.mjs')).memory(),
  },
};
