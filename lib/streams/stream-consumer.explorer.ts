import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { DecoratorRuntime } from '../decorators/runtime/decorator-runtime.js';
import { consumers } from './stream-consumer.decorator.js';
import { StreamWorker } from './stream-worker.js';

/** Runs the consumers that providers of one application declare with `@StreamConsumer`. */
export class StreamConsumerExplorer implements OnApplicationBootstrap, OnModuleDestroy {
  private workers: StreamWorker[] = [];

  constructor(
    private readonly modules: ModulesContainer,
    private readonly runtime: DecoratorRuntime,
  ) {}

  /** @throws ConfigError if a consumer cannot be run */
  onApplicationBootstrap(): void {
    const { caches } = this.runtime;
    this.workers = consumers.find(this.modules).flatMap(({ title, call, options: { cache, ...options } }) => {
      const service = caches.fromStart(cache, title);
      return service ? [new StreamWorker(service, options, call)] : [];
    });
    for (const worker of this.workers) worker.start();
  }

  /** Before providers release what handlers need. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }
}
