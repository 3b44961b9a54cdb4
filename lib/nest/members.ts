import type { Type } from '@nestjs/common';
import { ModuleRef, type ModulesContainer } from '@nestjs/core';
import type { Member, NestModule } from './injection.js';

/** The providers and controllers of all modules. */
export function* members(modules: ModulesContainer): Generator<Member> {
  for (const { providers, controllers } of modules.values()) {
    for (const member of [...providers.values(), ...controllers.values()]) {
      if (!member.isAlias) yield member;
    }
  }
}

/**
 * Everything in a module that Nest has instances of. A guard or another enhancer that is also a provider occurs twice;
 * middlewares are known from `onModuleInit` on.
 */
export function membersOf({ providers, controllers, injectables, middlewares }: NestModule): Member[] {
  return [providers, controllers, injectables, middlewares]
    .flatMap((collection) => [...(collection as NestModule['providers']).values()])
    .filter(({ isAlias }) => !isAlias);
}

/** The members of all modules, each with the reference to its module. */
export function* everyMember(modules: ModulesContainer): Generator<{ moduleRef: ModuleRef; member: Member }> {
  for (const module of modules.values()) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Nest puts it in every module
    const moduleRef = module.providers.get(ModuleRef)?.instance as ModuleRef;
    for (const member of membersOf(module)) yield { moduleRef, member };
  }
}

/** The classes that Nest instantiates. */
export function* madeClasses(modules: ModulesContainer): Generator<{ moduleRef: ModuleRef; host: Type }> {
  for (const { moduleRef, member } of everyMember(modules)) {
    if (!member.isNotMetatype && typeof member.metatype === 'function' && member.metatype.prototype) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is a function with a prototype, and no factory
      yield { moduleRef, host: member.metatype as Type };
    }
  }
}
