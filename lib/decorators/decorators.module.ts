import { type FactoryProvider, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { putInnermost } from './interceptor/innermost.js';
import { placeFirst } from '../nest/method-discovery.js';
import { DecoratorRuntime } from './runtime/decorator-runtime.js';

/** Made by a factory, so that nobody gets a part of it while the application starts. */
const runtime: FactoryProvider<DecoratorRuntime> = {
  provide: DecoratorRuntime,
  inject: [ModulesContainer],
  useFactory: (modules: ModulesContainer) => {
    putInnermost(modules);
    // Objects of factories may call their methods in `onModuleInit`, wherever they are.
    placeFirst(modules, DecoratorsModule);
    return new DecoratorRuntime(modules);
  },
};

/** Once per application, however many caches it has. */
@Module({ providers: [runtime], exports: [runtime] })
export class DecoratorsModule {}
