import { measureTable } from './table.mjs';
import { tables } from './tables/index.mjs';

/** A table of contenders: on the server, or on the cluster if it says so. */
const asPart = ([name, { title, topology }]) => [
  name,
  {
    title,
    isQuick: true,
    run: ({ url, urls, ...options }) => measureTable(name, topology === 'cluster' ? urls.join() : url, options),
  },
];

/**
 * The parts of the benchmark, each in a process of its own. `run` gets the servers and returns rows: of contenders, or
 * of numbers. Parts with `isQuick` have a short form; parts with `isOptIn` run only if named.
 */
export const parts = {
  ...Object.fromEntries(Object.entries(tables).map(asPart)),
  overhead: {
    title: 'Added per call, codec included, where the server answers at once: µs',
    run: async () => ({ 'added per call': await (await import('./overhead.mjs')).overhead() }),
  },
  decorators: {
    title: 'Hits through @Cacheable: µs of the processor a call',
    run: async ({ url }) => {
      const { providerHits, routeHits } = await import('./decorators.mjs');
      return { ...(await providerHits(url)), ...(await routeHits(url)) };
    },
  },
  embedded: {
    title: 'The embedded engine and caches in memory: µs a call',
    run: async () => (await import('./embedded.mjs')).embedded(),
  },
  growth: {
    title: 'What grows with what: see docs/growth.md',
    isOptIn: true,
    run: async ({ url, isQuick, onRow }) => (await import('./growth/index.mjs')).growth(url, isQuick, onRow),
  },
  heap: {
    title: 'The heap over 10 million calls, 100 in flight on one connection: MB; and bytes of a call in flight',
    isOptIn: true,
    run: async ({ url, onRow }) => (await import('./heap.mjs')).heap(url, onRow),
  },
};
