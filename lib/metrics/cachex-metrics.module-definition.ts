import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { CachexMetricsOptions } from './cachex-metrics.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: metricsOptionsToken } =
  new ConfigurableModuleBuilder<CachexMetricsOptions>({ moduleName: 'CachexMetrics' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createCachexMetricsOptions')
    .build();
