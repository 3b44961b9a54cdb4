import { type FactoryProvider, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DecoratorsModule } from '../decorators/decorators.module.js';
import { DecoratorRuntime } from '../decorators/runtime/decorator-runtime.js';
import { placeLast } from '../nest/method-discovery.js';
import { StreamConsumerExplorer } from './stream-consumer.explorer.js';

const explorer: FactoryProvider<StreamConsumerExplorer> = {
  provide: StreamConsumerExplorer,
  inject: [ModulesContainer, DecoratorRuntime],
  useFactory: (modules: ModulesContainer, runtime: DecoratorRuntime) => {
    placeLast(modules, StreamConsumersModule);
    return new StreamConsumerExplorer(modules, runtime);
  },
};

@Module({ imports: [DecoratorsModule], providers: [explorer] })
export class StreamConsumersModule {}
