import { Scope } from '@nestjs/common';
import { membersOf } from './discovery.js';
import { type Member, type NestModule, outsideModules } from '../../nest/injection.js';
import type { MethodSite } from './method-site.js';
import type { RequestHolders } from '../../nest/request-holder.js';

/**
 * Without a key, an answer is stored under class, method and arguments, which presumes one object of the class that
 * answers all callers alike. Why a module has none, as far as its lists say it; objects are looked at when they are there.
 */
export function whyNotOneForAll(
  { host, prototype }: Pick<MethodSite, 'host' | 'prototype'>,
  module: NestModule,
  holders: RequestHolders,
): string | undefined {
  const makers = membersOf(module).filter((member) => makes(member, prototype));
  for (const maker of makers.length > 0 ? makers : [outsideModules(host)]) {
    const way = holders.wayFrom(maker, module);
    if (way) {
      const what = way.length === 1 ? host.name : `what it has injected (${way.join(' → ')})`;
      return `${what} is request-scoped, so the answer may depend on who asks`;
    }
    if (maker.scope === Scope.TRANSIENT) return `${host.name} is transient: it has several objects, ${differing}`;
  }
  if (makers.length === 0)
    return `${host.name} is no provider of ${module.name}: it may have several objects, ${differing}`;
  const ofClass = makers.filter(({ isNotMetatype }) => !isNotMetatype);
  return ofClass.length > 1
    ? `${module.name} makes ${ofClass.length} objects of ${host.name}, ${differing}`
    : undefined;
}

/** Why several objects of one class need a key. */
export const differing = 'which may answer differently';

/** Whether a member of a module stands for objects of a class, which its prototype tells: proxies hide classes. */
export function makes(member: Member, prototype: object): boolean {
  const { metatype, instance } = member as { metatype: unknown; instance: unknown };
  if (!member.isNotMetatype) return typeof metatype === 'function' && metatype.prototype === prototype;
  return typeof instance === 'object' && instance !== null && Object.getPrototypeOf(instance) === prototype;
}
