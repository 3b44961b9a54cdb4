import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { DecoratorRuntime } from '../decorators/runtime/decorator-runtime.js';
import { ConfigError } from '../errors/index.js';
import { members } from '../nest/members.js';
import { consumersOf } from './stream-consumer.metadata.js';
import { StreamWorker } from './stream-worker.js';

type Methods = Record<string | symbol, (...args: unknown[]) => unknown>;

/** Runs the consumers that providers of one application declare with `@StreamConsumer`. */
export class StreamConsumerExplorer implements OnApplicationBootstrap, OnModuleDestroy {
  private workers: StreamWorker[] = [];

  constructor(
    private readonly modules: ModulesContainer,
    private readonly runtime: DecoratorRuntime,
  ) {}

  /** @throws ConfigError where a consumer cannot be run */
  onApplicationBootstrap(): void {
    const { caches } = this.runtime;
    this.workers = [...this.instances()].flatMap((instance) =>
      consumersOf(instance).map(({ name, options: { cache, ...options } }) => {
        caches.check(cache, titleOf(instance, name));
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a consumer is declared on a method
        const handler = (...args: unknown[]): unknown => (instance as Methods)[name]!(...args);
        return new StreamWorker(caches.get(cache), options, handler);
      }),
    );
    for (const worker of this.workers) worker.start();
  }

  /** Before providers let go of what handlers need. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  /** Each once, by however many tokens it is provided. */
  private instances(): Set<object> {
    const found = new Set<object>();
    for (const member of members(this.modules)) {
      const instance: unknown = member.instance;
      if (typeof instance !== 'object' || instance === null) continue;
      const [first] = consumersOf(instance);
      if (!first) continue;
      if (!member.isDependencyTreeStatic() || member.isTransient) {
        const title = titleOf(instance, first.name);
        throw new ConfigError(
          `${title} cannot consume a stream: its provider is not a singleton, and there is no request`,
        );
      }
      found.add(instance);
    }
    return found;
  }
}

const titleOf = (instance: object, name: string | symbol): string => `${instance.constructor.name}.${String(name)}`;
