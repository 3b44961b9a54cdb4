import { Module } from '@nestjs/common';
import { CachexMetricsModule } from 'nest-cachex/metrics';
import { Registry } from 'prom-client';
import { MetricsController } from './metrics.controller.js';
import { RegisterModule } from './register.module.js';

@Module({
  imports: [
    RegisterModule,
    CachexMetricsModule.forRootAsync({
      imports: [RegisterModule],
      inject: [Registry],
      useFactory: (register: Registry) => ({ register }),
    }),
  ],
  controllers: [MetricsController],
})
export class MetricsModule {}
