import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigurableModuleClass } from './cachex-metrics.module-definition.js';
import { type CachexMetricsOptions, checkMetricsOptions } from './cachex-metrics.options.js';
import { CachexMetrics } from './cachex-metrics.js';

/**
 * Registers metrics of all caches of the application with `prom-client`, until the application is closed. If several
 * applications in one process share a register, it holds the metrics of the newest.
 *
 * @publicApi
 * @example
 * @Module({ imports: [CachexModule.forRoot(), CachexMetricsModule.forRoot()], controllers: [MetricsController] })
 * class AppModule {}
 * @example
 * CachexMetricsModule.forRootAsync({ inject: [Registry], useFactory: (register: Registry) => ({ register }) })
 */
@Module({ providers: [CachexMetrics] })
export class CachexMetricsModule extends ConfigurableModuleClass {
  /**
   * Takes the options as they are. `forRootAsync` creates them when the application starts.
   *
   * @example
   * CachexMetricsModule.forRoot({ register })
   */
  static override forRoot(options: CachexMetricsOptions = {}): DynamicModule {
    return super.forRoot(checkMetricsOptions(options));
  }
}
