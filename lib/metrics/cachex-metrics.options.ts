import type { Registry } from 'prom-client';

/** What `CachexMetricsModule` takes. @publicApi */
export interface CachexMetricsOptions {
  /** Where the metrics are registered; prom-client's own `register` where left out. */
  readonly register?: Pick<Registry, 'registerMetric' | 'removeSingleMetric'>;
  /**
   * First part of the metrics' names.
   *
   * @default 'cachex_'
   */
  readonly prefix?: string;
  /**
   * Upper bounds of the buckets of command durations, in seconds.
   *
   * @default 0.5 ms to 5 s
   */
  readonly buckets?: readonly number[];
}
