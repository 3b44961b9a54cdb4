import { Logger } from '@nestjs/common';
import { type ModuleRef, ModulesContainer } from '@nestjs/core';
import { ConfigError } from '../../errors/index.js';
import { madeClasses } from '../../nest/members.js';
import type { DecoratedMethod } from './decorated-method.js';
import { DecoratorRuntime } from './decorator-runtime.js';
import { decoratedMethodsOf } from './discovery.js';
import { moduleRefOf } from './instance-links.js';
import type { ModuleRuntime } from './module-runtime.js';
import type { Operation } from './operation.js';

const logger = new Logger('Cachex');
const runtimes = new WeakMap<ModuleRef, ModuleRuntime | 'none'>();
const warned = new WeakSet<DecoratedMethod>();
/** By the modules of an application. */
const warnedOf = new WeakSet<ModulesContainer>();

/** Undefined if the method has to run without its decorators, which is logged once. */
export function runtimeOfInstance(
  instance: unknown,
  method: DecoratedMethod,
  operations: readonly Operation[],
): ModuleRuntime | undefined {
  const moduleRef = moduleRefOf(instance);
  if (moduleRef) return runtimeOfModule(moduleRef, method, operations);
  warn(method, 'Nest has not created its object, or not yet');
  return undefined;
}

/**
 * Undefined if the method has to run without its decorators, which is logged once per application.
 *
 * @throws ConfigError while the application is starting, and if the method must not run without one of them
 */
export function runtimeOfModule(
  moduleRef: ModuleRef,
  method: DecoratedMethod,
  operations: readonly Operation[] = method.operations,
): ModuleRuntime | undefined {
  const known = runtimes.get(moduleRef) ?? find(moduleRef, method);
  if (known !== 'none') return known;
  const vital = operations.find(isVital);
  if (vital) {
    throw new ConfigError(
      `${vital.decorator} on ${method.title} needs CachexModule: import CachexModule.forRoot({ … })`,
    );
  }
  warnOfApplication(moduleRef);
  return undefined;
}

const isVital = (operation: Operation): boolean => operation.isVital === true;

function warnOfApplication(moduleRef: ModuleRef): void {
  const modules = moduleRef.get(ModulesContainer, { strict: false });
  if (warnedOf.has(modules)) return;
  warnedOf.add(modules);
  const classes = new Set(Array.from(madeClasses(modules), ({ host }) => host));
  const titles = Array.from(classes, (host) => {
    // The others fail with an error of their own.
    const bare = decoratedMethodsOf(host.prototype).filter(({ operations }) => !operations.some(isVital));
    return [...new Set(bare.map(({ title }) => title))];
  });
  logger.warn(
    `No CachexModule is imported, so these methods run without their decorators: ${titles.flat().sort().join(', ')}`,
  );
}

function find(moduleRef: ModuleRef, method: DecoratedMethod): ModuleRuntime | 'none' {
  const runtime = ofApplication(moduleRef);
  if (runtime === null) throw new ConfigError(`${method.title} was called before the caches were created`);
  const found = runtime?.ofModule(moduleRef) ?? 'none';
  runtimes.set(moduleRef, found);
  return found;
}

/** `null` while it does not exist yet. */
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
