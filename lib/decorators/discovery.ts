import type { Type } from '@nestjs/common';
import { ModuleRef, type ModulesContainer } from '@nestjs/core';
import { type DecoratedMethod, ownDecoratedMethods } from './decorated-method.js';

/** All that Nest knows of providers and controllers, with the module that each is of. */
export function* members(modules: ModulesContainer) {
  for (const { providers, controllers } of modules.values()) {
    const moduleRef = providers.get(ModuleRef)?.instance as ModuleRef;
    for (const member of [...providers.values(), ...controllers.values()]) {
      if (!member.isAlias) yield { moduleRef, member };
    }
  }
}

/** Classes that Nest makes instances of. */
export function* decoratedClasses(modules: ModulesContainer): Generator<{ moduleRef: ModuleRef; host: Type }> {
  for (const { moduleRef, member } of members(modules)) {
    if (!member.isNotMetatype && typeof member.metatype === 'function' && member.metatype.prototype) {
      yield { moduleRef, host: member.metatype as Type };
    }
  }
}

/** Objects with decorated methods that Nest did not make itself. */
export function* unlinkedInstances(modules: ModulesContainer): Generator<{ moduleRef: ModuleRef; instance: object }> {
  for (const { moduleRef, member } of members(modules)) {
    if (!member.isNotMetatype || !member.isDependencyTreeStatic()) continue;
    const instance: unknown = member.instance;
    if (typeof instance !== 'object' || instance === null) continue;
    if (decoratedMethodsOf(instance).length > 0) yield { moduleRef, instance };
  }
}

/** Those of an object and of what it inherits from, overridden ones included. */
export function decoratedMethodsOf(object: object): DecoratedMethod[] {
  const found: DecoratedMethod[] = [];
  for (let level: object | null = object; level && level !== Object.prototype; level = parentOf(level)) {
    found.push(...ownDecoratedMethods(level));
  }
  return found;
}

/** The decorated method that a handler of a class is, whatever other decorators have put around it. */
export function decoratedMethodOf(handler: object, host: Type): DecoratedMethod | undefined {
  for (let level = host.prototype as object | null; level && level !== Object.prototype; level = parentOf(level)) {
    const isAt = ({ name }: DecoratedMethod) => Object.getOwnPropertyDescriptor(level, name)?.value === handler;
    const found = ownDecoratedMethods(level).findLast(isAt);
    if (found) return found;
  }
  return undefined;
}

function parentOf(object: object): object | null {
  return Object.getPrototypeOf(object) as object | null;
}
