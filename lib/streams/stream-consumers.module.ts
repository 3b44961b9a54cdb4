import { type FactoryProvider, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DecoratorsModule } from '../decorators/decorators.module.js';
import { DecoratorRuntime } from '../decorators/runtime/decorator-runtime.js';
import { StreamConsumerExplorer } from './stream-consumer.explorer.js';

const explorer: FactoryProvider<StreamConsumerExplorer> = {
  provide: StreamConsumerExplorer,
  inject: [ModulesContainer, DecoratorRuntime],
  useFactory: (modules: ModulesContainer, runtime: DecoratorRuntime) => {
    placeLast(modules);
    return new StreamConsumerExplorer(modules, runtime);
  },
};

@Module({ imports: [DecoratorsModule], providers: [explorer] })
export class StreamConsumersModule {}

/**
 * Hooks of modules run in the order of their distance from the root, the farthest first, and on shutdown the other way
 * around. Nearer than the root, consumers begin when all others are ready, and end before any of them is gone.
 */
function placeLast(modules: ModulesContainer): void {
  for (const module of modules.values()) if (module.metatype === StreamConsumersModule) module.distance = -1;
}
