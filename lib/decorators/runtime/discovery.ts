import type { Type } from '@nestjs/common';
import { ModuleRef, type ModulesContainer } from '@nestjs/core';
import { type DecoratedMethod, ownDecoratedMethods } from './decorated-method.js';
import type { Member, NestModule } from '../../nest/injection.js';

/** The providers and controllers of all modules. */
export function* members(modules: ModulesContainer): Generator<Member> {
  for (const { providers, controllers } of modules.values()) {
    for (const member of [...providers.values(), ...controllers.values()]) {
      if (!member.isAlias) yield member;
    }
  }
}

/**
 * All that Nest makes, or has, objects of in a module. A guard, or another enhancer, that is a provider as well is two of
 * them; middlewares are known from `onModuleInit` on.
 */
export function membersOf({ providers, controllers, injectables, middlewares }: NestModule): Member[] {
  return [providers, controllers, injectables, middlewares]
    .flatMap((collection) => [...(collection as NestModule['providers']).values()])
    .filter(({ isAlias }) => !isAlias);
}

/** Classes that Nest makes instances of. */
export function* decoratedClasses(modules: ModulesContainer): Generator<{ moduleRef: ModuleRef; host: Type }> {
  for (const { moduleRef, member } of everywhere(modules)) {
    if (!member.isNotMetatype && typeof member.metatype === 'function' && member.metatype.prototype) {
      yield { moduleRef, host: member.metatype as Type };
    }
  }
}

/** Objects with decorated methods of which there is one for all requests. */
export function* decoratedObjects(
  modules: ModulesContainer,
): Generator<{ moduleRef: ModuleRef; instance: object; isForeign: boolean }> {
  for (const { moduleRef, member } of everywhere(modules)) {
    if (!member.isDependencyTreeStatic()) continue;
    const instance: unknown = member.instance;
    if (typeof instance !== 'object' || instance === null) continue;
    if (decoratedMethodsOf(instance).length > 0) yield { moduleRef, instance, isForeign: member.isNotMetatype };
  }
}

/** Objects with decorated methods that Nest did not make itself. */
export function* foreignObjects(modules: ModulesContainer): Generator<{ moduleRef: ModuleRef; instance: object }> {
  for (const object of decoratedObjects(modules)) if (object.isForeign) yield object;
}

function* everywhere(modules: ModulesContainer): Generator<{ moduleRef: ModuleRef; member: Member }> {
  for (const module of modules.values()) {
    const moduleRef = module.providers.get(ModuleRef)?.instance as ModuleRef;
    for (const member of membersOf(module)) yield { moduleRef, member };
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
