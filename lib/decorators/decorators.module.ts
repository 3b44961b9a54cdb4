import { type FactoryProvider, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { putInnermost } from './interceptor/innermost.js';
import { DecoratorRuntime } from './runtime/decorator-runtime.js';

/** Made by a factory, so that nobody gets half of it while the application is being put together. */
const runtime: FactoryProvider<DecoratorRuntime> = {
  provide: DecoratorRuntime,
  inject: [ModulesContainer],
  useFactory: (modules: ModulesContainer) => {
    putInnermost(modules);
    return new DecoratorRuntime(modules);
  },
};

/** Once in an application, however many caches it has. */
@Module({ providers: [runtime], exports: [runtime] })
export class DecoratorsModule {}
