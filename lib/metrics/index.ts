export { CachexMetricsModule } from './cachex-metrics.module.js';
export type { CachexMetricsOptions } from './cachex-metrics.options.js';
