import { Logger } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { ConfigError } from '../errors/index.js';
import type { DecoratedMethod } from './decorated-method.js';
import { DecoratorRuntime } from './decorator-runtime.js';
import { moduleRefOf } from './instance-links.js';
import type { ModuleRuntime } from './module-runtime.js';

const logger = new Logger('Cachex');
const runtimes = new WeakMap<ModuleRef, ModuleRuntime | 'none'>();
const warned = new WeakSet<DecoratedMethod>();

/** Undefined, and said so once, where the method has to run without its decorators. */
export function runtimeOfInstance(instance: unknown, method: DecoratedMethod): ModuleRuntime | undefined {
  const moduleRef = moduleRefOf(instance);
  if (moduleRef) return runtimeOfModule(moduleRef, method);
  warn(method, 'the object was not made by Nest, or is not yet');
  return undefined;
}

/** @throws ConfigError while the application is being put together */
export function runtimeOfModule(moduleRef: ModuleRef, method: DecoratedMethod): ModuleRuntime | undefined {
  const known = runtimes.get(moduleRef) ?? find(moduleRef, method);
  if (known !== 'none') return known;
  warn(method, 'no CachexModule is imported');
  return undefined;
}

function find(moduleRef: ModuleRef, method: DecoratedMethod): ModuleRuntime | 'none' {
  const runtime = ofApplication(moduleRef);
  if (runtime === null) throw new ConfigError(`${method.title} was called before the caches were made`);
  const found = runtime?.ofModule(moduleRef) ?? 'none';
  runtimes.set(moduleRef, found);
  return found;
}

/** `null` while it has not been made yet. */
function ofApplication(moduleRef: ModuleRef): DecoratorRuntime | null | undefined {
  try {
    return moduleRef.get<DecoratorRuntime | null>(DecoratorRuntime, { strict: false });
  } catch {
    return undefined;
  }
}

function warn(method: DecoratedMethod, why: string): void {
  if (warned.has(method)) return;
  warned.add(method);
  logger.warn(`${method.title} runs without its decorators: ${why}`);
}
