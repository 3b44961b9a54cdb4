import { type FactoryProvider, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { putInnermost } from './interceptor/innermost.js';
import { DecoratorRuntime } from './runtime/decorator-runtime.js';

/** Made by a factory, so that nobody gets a part of it while the application starts. */
const runtime: FactoryProvider<DecoratorRuntime> = {
  provide: DecoratorRuntime,
  inject: [ModulesContainer],
  useFactory: (modules: ModulesContainer) => {
    putInnermost(modules);
    return new DecoratorRuntime(modules);
  },
};

/** Once per application, however many caches it has. */
@Module({ providers: [runtime], exports: [runtime] })
export class DecoratorsModule {}
