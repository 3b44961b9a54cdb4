import { Counter, Gauge, type Metric } from 'prom-client';
import type { CachexService, CachexStats } from '../index.js';

interface Definition {
  readonly name: string;
  readonly help: string;
  /** `undefined` if there is no value. */
  readonly value: (stats: CachexStats) => number | undefined;
}

const counters: readonly Definition[] = [
  { name: 'hits_total', help: 'Keys that were found', value: ({ hits }) => hits },
  { name: 'misses_total', help: 'Keys that were not found', value: ({ misses }) => misses },
  { name: 'stale_total', help: 'Misses that were answered with a stale copy', value: ({ stale }) => stale },
  { name: 'errors_total', help: 'Commands that failed', value: ({ errors }) => errors },
  { name: 'mismatches_total', help: 'Values that did not match their schema', value: ({ mismatches }) => mismatches },
  { name: 'unreadable_total', help: 'Entries that could not be read', value: ({ unreadable }) => unreadable },
  { name: 'evictions_total', help: 'Keys that the servers evicted', value: ({ evictions }) => evictions },
  { name: 'pubsub_messages_total', help: 'Messages that were received', value: ({ pubsub }) => pubsub.received },
  {
    name: 'pubsub_dropped_total',
    help: 'Messages that slow listeners have missed',
    value: ({ pubsub }) => pubsub.dropped,
  },
  { name: 'pubsub_failures_total', help: 'Messages that could not be handled', value: ({ pubsub }) => pubsub.failures },
  { name: 'pubsub_gaps_total', help: 'Times when messages may have been missed', value: ({ pubsub }) => pubsub.gaps },
  { name: 'local_hits_total', help: 'Keys that were served from local copies', value: ({ local }) => local?.hits },
  { name: 'local_evictions_total', help: 'Local copies that were evicted', value: ({ local }) => local?.evictions },
];

const gauges: readonly Definition[] = [
  { name: 'server_memory_bytes', help: 'Memory that the servers use', value: ({ bytes }) => bytes },
  { name: 'pubsub_subscriptions', help: 'Open subscriptions', value: ({ pubsub }) => pubsub.subscriptions },
  { name: 'local_entries', help: 'Local copies', value: ({ local }) => local?.entries },
  { name: 'local_bytes', help: 'Approximate size of local copies', value: ({ local }) => local?.bytes },
];

/** Metrics that read the statistics of caches when they are scraped, by their names. */
export function statsMetrics(
  nameOf: (metric: string) => string,
  caches: ReadonlyMap<string, CachexService>,
): [name: string, Metric][] {
  const scrape = new Scrape(caches);
  const common = (definition: Definition) => ({
    name: nameOf(definition.name),
    help: definition.help,
    labelNames: ['cache'],
    registers: [],
  });
  return [
    ...counters.map((definition): [string, Metric] => {
      const collect = async function (this: Counter): Promise<void> {
        const values = await scrape.values(definition);
        this.reset();
        for (const [cache, value] of values) this.inc({ cache }, value);
      };
      return [nameOf(definition.name), new Counter({ ...common(definition), collect })];
    }),
    ...gauges.map((definition): [string, Metric] => {
      const collect = async function (this: Gauge): Promise<void> {
        const values = await scrape.values(definition);
        this.reset();
        for (const [cache, value] of values) this.set({ cache }, value);
      };
      return [nameOf(definition.name), new Gauge({ ...common(definition), collect })];
    }),
  ];
}

/** Asks each cache once for all metrics of a scrape. */
class Scrape {
  private underWay: Promise<(readonly [cache: string, stats: CachexStats])[]> | undefined;

  constructor(private readonly caches: ReadonlyMap<string, CachexService>) {}

  async values({ value }: Definition): Promise<(readonly [cache: string, value: number])[]> {
    this.underWay ??= this.read();
    const all = await this.underWay;
    return all.flatMap(([cache, stats]) => {
      const known = value(stats);
      return known === undefined ? [] : [[cache, known] as const];
    });
  }

  private async read(): Promise<(readonly [cache: string, stats: CachexStats])[]> {
    try {
      return await Promise.all([...this.caches].map(async ([name, cache]) => [name, await cache.stats()] as const));
    } finally {
      this.underWay = undefined;
    }
  }
}
