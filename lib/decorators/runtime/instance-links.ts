import { Inject } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

/** The application and module of an instance. */
const links = new WeakMap<object, ModuleRef>();

const link = Symbol('nest-cachex');

/**
 * Lets Nest link the instances that it creates to their module, whatever their scope and consumer. Subclasses inherit a
 * property; its setter leaves nothing on the instance.
 */
export function linkInstancesOf(prototype: object): void {
  Object.defineProperty(prototype, link, {
    configurable: true,
    set(this: object, moduleRef: ModuleRef) {
      linkInstance(this, moduleRef);
    },
  });
  Inject(ModuleRef)(prototype, link);
}

export function linkInstance(instance: object, moduleRef: ModuleRef): void {
  links.set(instance, moduleRef);
}

/** Unless another application has linked it to itself since. */
export function unlinkInstance(instance: object, moduleRef: ModuleRef): void {
  if (links.get(instance) === moduleRef) links.delete(instance);
}

export function moduleRefOf(instance: unknown): ModuleRef | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- for what is no object, a WeakMap has nothing
  return links.get(instance as object);
}
