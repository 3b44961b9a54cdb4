import { Inject } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

/** The application and module of an instance. */
const links = new WeakMap<object, ModuleRef>();

/** Of objects that several applications or modules share: the links before the last one, the latest last. */
const earlier = new WeakMap<object, ModuleRef[]>();

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
  const present = links.get(instance);
  links.set(instance, moduleRef);
  if (present && present !== moduleRef) earlier.set(instance, [...(earlier.get(instance) ?? []), present]);
}

/** An application that linked it before, and still runs, has it again. */
export function unlinkInstance(instance: object, moduleRef: ModuleRef): void {
  const others = (earlier.get(instance) ?? []).filter((other) => other !== moduleRef);
  if (links.get(instance) === moduleRef) {
    const next = others.pop();
    if (next) links.set(instance, next);
    else links.delete(instance);
  }
  earlier.set(instance, others);
}

export function moduleRefOf(instance: unknown): ModuleRef | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- for what is no object, a WeakMap has nothing
  return links.get(instance as object);
}
