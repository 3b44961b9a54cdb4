import type { Registry } from 'prom-client';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';

/** What `CachexMetricsModule` takes. @publicApi */
export interface CachexMetricsOptions {
  /** Where the metrics are registered; prom-client's default `register` if omitted. */
  readonly register?: Pick<Registry, 'registerMetric' | 'removeSingleMetric'>;
  /**
   * Prefix of the names of the metrics.
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

const known: NamesOf<CachexMetricsOptions> = { register: true, prefix: true, buckets: true };

/** @throws TypeError for an option that it does not know */
export function checkMetricsOptions(options: CachexMetricsOptions): CachexMetricsOptions {
  checkOptions(options, known, 'The options of CachexMetricsModule', "{ prefix: 'cachex_' }");
  return options;
}
