import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigurableModuleClass } from './cachex-metrics.module-definition.js';
import { type CachexMetricsOptions, checkMetricsOptions } from './cachex-metrics.options.js';
import { CachexMetrics } from './cachex-metrics.js';

/**
 * Registers metrics of all caches of the application with `prom-client`, until the application is closed. Of several
 * applications in one process that share a register, the newest has its figures there.
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
  static override forRoot(options: CachexMetricsOptions = {}): DynamicModule {
    return super.forRoot(checkMetricsOptions(options));
  }
}
