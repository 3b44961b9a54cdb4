import type { Type } from '@nestjs/common';
import type { ModuleRef, ModulesContainer } from '@nestjs/core';
import type { Member } from '../../nest/injection.js';
import { everyMember } from '../../nest/members.js';
import { type DecoratedMethod, ownDecoratedMethods } from './decorated-method.js';
import { moduleRefOf } from './instance-links.js';

/** Objects with decorated methods, one each for all requests. */
export function* decoratedObjects(
  modules: ModulesContainer,
): Generator<{ moduleRef: ModuleRef; instance: object; isForeign: boolean }> {
  for (const { moduleRef, member } of everyMember(modules)) {
    if (!member.isDependencyTreeStatic()) continue;
    const instance: unknown = member.instance;
    if (typeof instance !== 'object' || instance === null) continue;
    if (decoratedMethodsOf(instance).length > 0) yield { moduleRef, instance, isForeign: isForeign(member) };
  }
}

/** Whether Nest has not linked an object to its module: it did not create it, or a mixin has copied the methods. */
function isForeign(member: Member): boolean {
  return member.isNotMetatype || (!member.isTransient && moduleRefOf(member.instance) === undefined);
}

/** Objects with decorated methods that Nest did not link to their module itself. */
export function* foreignObjects(modules: ModulesContainer): Generator<{ moduleRef: ModuleRef; instance: object }> {
  for (const object of decoratedObjects(modules)) if (object.isForeign) yield object;
}

/** The decorated methods of an object and its parents, including overridden ones. */
export function decoratedMethodsOf(object: object): DecoratedMethod[] {
  const found: DecoratedMethod[] = [];
  for (let level: object | null = object; level && level !== Object.prototype; level = Reflect.getPrototypeOf(level)) {
    found.push(...ownDecoratedMethods(level));
  }
  return found;
}

/** The decorated method of a handler, whatever other decorators have put around it. */
export function decoratedMethodOf(handler: object, host: Type): DecoratedMethod | undefined {
  for (
    let level: object | null = host.prototype;
    level && level !== Object.prototype;
    level = Reflect.getPrototypeOf(level)
  ) {
    const isAt = ({ name }: DecoratedMethod) => Object.getOwnPropertyDescriptor(level, name)?.value === handler;
    const found = ownDecoratedMethods(level).findLast(isAt);
    if (found) return found;
  }
  return undefined;
}
