import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { register as defaultRegister, type Metric } from 'prom-client';
import { cachexInstances } from '../cachex.instances.js';
import { listen } from '../observability/command-channel.js';
import { metricsOptionsToken } from './cachex-metrics.module-definition.js';
import { type CachexMetricsOptions, checkMetricsOptions } from './cachex-metrics.options.js';
import { CommandDurations } from './command-durations.js';
import { registerNewest, unregister } from './registrations.js';
import { statsMetrics } from './stats-metrics.js';

const defaultBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Registers the metrics while the application runs. */
@Injectable()
export class CachexMetrics implements OnModuleInit, OnApplicationShutdown {
  private readonly registered: (readonly [name: string, metric: Metric])[] = [];
  private readonly durations: CommandDurations;
  private stopListening?: () => void;

  constructor(
    @Inject(metricsOptionsToken) private readonly options: CachexMetricsOptions,
    private readonly modules: ModulesContainer,
  ) {
    checkMetricsOptions(options);
    this.durations = new CommandDurations(this.nameOf('command_duration_seconds'), options.buckets ?? defaultBuckets);
  }

  onModuleInit(): void {
    const caches = cachexInstances(this.modules);
    const metrics = statsMetrics((name) => this.nameOf(name), caches);
    for (const [name, metric] of [...metrics, [this.durations.name, this.durations.histogram] as const]) {
      registerNewest(this.register, name, metric);
      this.registered.push([name, metric]);
    }
    this.stopListening = listen(this.durations);
  }

  onApplicationShutdown(): void {
    this.stopListening?.();
    for (const [name, metric] of this.registered.splice(0)) unregister(this.register, name, metric);
  }

  private get register(): NonNullable<CachexMetricsOptions['register']> {
    return this.options.register ?? defaultRegister;
  }

  private nameOf(metric: string): string {
    return `${this.options.prefix ?? 'cachex_'}${metric}`;
  }
}
