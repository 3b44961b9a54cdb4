import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { DecoratorRuntime } from '../decorators/runtime/decorator-runtime.js';
import type { DiscoveredMethod } from '../nest/method-discovery.js';
import type { SubscribeOptions } from '../pubsub/subscribe.options.js';
import { endAll, type Subscription } from '../pubsub/subscription.js';
import { PatientCache } from './patient-cache.js';
import { type DeclaredSubscriber, subscribers } from './subscribe.decorator.js';

/** Listens for the methods that providers of one application declare with `@Subscribe`. */
export class SubscribersExplorer implements OnApplicationBootstrap, OnModuleDestroy {
  private subscriptions: Subscription[] = [];

  constructor(
    private readonly modules: ModulesContainer,
    private readonly runtime: DecoratorRuntime,
  ) {}

  /** @throws ConfigError if a method cannot be called */
  async onApplicationBootstrap(): Promise<void> {
    const { caches } = this.runtime;
    const found = subscribers
      .find(this.modules)
      .map((method) => ({ method, service: caches.fromStart(method.options.options.cache, method.title) }));
    const listening = found.flatMap(({ method, service }) => {
      if (!service) return [];
      const { channels, patterns } = method.options;
      const cache = PatientCache.of(service);
      const listen = (names: readonly string[], isPattern: boolean): Promise<Subscription>[] =>
        names.length === 0
          ? []
          : [cache.listen({ names, isPattern, listener: method.call, options: optionsOf(method) })];
      return [...listen(channels, false), ...listen(patterns, true)];
    });
    this.subscriptions = await Promise.all(listening);
  }

  /** Before providers release what the methods need. */
  async onModuleDestroy(): Promise<void> {
    await endAll(this.subscriptions, new Error('The application is shutting down'));
  }
}

/** Passes the object of the decorated method to the hooks. */
function optionsOf({ instance, options: { options } }: DiscoveredMethod<DeclaredSubscriber>): SubscribeOptions {
  const { cache: _cache, pattern: _pattern, onError, onGap, onOverflow, ...others } = options;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the decorator's type requires a class with these hooks
  const provider = instance as never;
  return {
    ...others,
    ...(onError && { onError: (error, context) => onError(error, context, provider) }),
    ...(onGap && { onGap: () => onGap(provider) }),
    ...(onOverflow && { onOverflow: () => onOverflow(provider) }),
  };
}
