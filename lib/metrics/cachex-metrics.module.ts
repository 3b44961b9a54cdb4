import { type DynamicModule, Module } from '@nestjs/common';
import { CachexMetrics, type CachexMetricsOptions, metricsOptionsToken } from './cachex-metrics.js';

/**
 * Registers metrics of all caches of the application with `prom-client`, until the application is closed.
 *
 * @publicApi
 * @example
 * @Module({ imports: [CachexModule.forRoot(), CachexMetricsModule.forRoot()], controllers: [MetricsController] })
 * class AppModule {}
 */
@Module({})
export class CachexMetricsModule {
  static forRoot(options: CachexMetricsOptions = {}): DynamicModule {
    return {
      module: CachexMetricsModule,
      providers: [{ provide: metricsOptionsToken, useValue: options }, CachexMetrics],
    };
  }
}
