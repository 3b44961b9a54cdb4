import { type FactoryProvider, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DecoratorsModule } from '../decorators/decorators.module.js';
import { DecoratorRuntime } from '../decorators/runtime/decorator-runtime.js';
import { placeLast } from '../nest/method-discovery.js';
import { SubscribersExplorer } from './subscribers.explorer.js';

const explorer: FactoryProvider<SubscribersExplorer> = {
  provide: SubscribersExplorer,
  inject: [ModulesContainer, DecoratorRuntime],
  useFactory: (modules: ModulesContainer, runtime: DecoratorRuntime) => {
    placeLast(modules, SubscribersModule);
    return new SubscribersExplorer(modules, runtime);
  },
};

@Module({ imports: [DecoratorsModule], providers: [explorer] })
export class SubscribersModule {}
