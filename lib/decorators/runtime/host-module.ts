import { Scope, type Type } from '@nestjs/common';
import { type Member, type NestModule, outsideModules } from '../../nest/injection.js';
import { membersOf } from '../../nest/members.js';
import type { RequestHolders, WayToRequest } from '../../nest/request-holder.js';

/** Why several objects of one class need a key. */
export const differing = 'which may answer differently';

/** A class with decorated methods, and its prototype, which identifies it: proxies and mixins hide classes. */
interface HostClass {
  readonly host: Type;
  readonly prototype: object;
}

/** A module with decorated methods: who creates their objects, according to its metadata. */
export class HostModule {
  constructor(
    private readonly module: NestModule,
    private readonly holders: RequestHolders,
  ) {}

  get name(): string {
    return this.module.name;
  }

  /** Whether an object is a provider, a controller or an enhancer of the module. */
  has(object: object): boolean {
    return membersOf(this.module).some(({ instance }) => instance === object);
  }

  /** Whether Nest creates a class again for every request though it holds no request: one of its guards does. */
  remakes({ prototype }: HostClass): boolean {
    return this.makersOf(prototype).some((member) => !member.isDependencyTreeStatic());
  }

  /** How a pipe of a handler, or of the application, comes to hold the request, if one does. */
  wayOfPipes(pipes: readonly Type[]): WayToRequest | undefined {
    return this.holders.wayFromPipes(pipes, this.module);
  }

  /**
   * Without a key, an answer is stored under class, method and arguments. That assumes a single object of the class,
   * which answers all callers alike. Returns why the module has no such object, according to its metadata; the objects
   * themselves are checked once they exist.
   */
  whyNotOneForAll({ host, prototype }: HostClass): string | undefined {
    const makers = this.makersOf(prototype);
    for (const maker of makers.length > 0 ? makers : [outsideModules(host)]) {
      const way = this.holders.wayFrom(maker, this.module);
      if (way) {
        const what = way.length === 1 ? host.name : `a dependency (${way.join(' → ')})`;
        return `${what} is request-scoped, so the answer may depend on the caller`;
      }
      if (maker.scope === Scope.TRANSIENT) return `${host.name} is transient: it has several instances, ${differing}`;
    }
    if (makers.length === 0)
      return `${host.name} is not a provider of ${this.name}: it may have several instances, ${differing}`;
    const ofClass = makers.filter(({ isNotMetatype }) => !isNotMetatype);
    return ofClass.length > 1
      ? `${this.name} creates ${ofClass.length} instances of ${host.name}, ${differing}`
      : undefined;
  }

  private makersOf(prototype: object): Member[] {
    return membersOf(this.module).filter((member) => makes(member, prototype));
  }
}

/** Whether a member of a module provides objects of a class. */
function makes(member: Member, prototype: object): boolean {
  const { metatype, instance } = member as { metatype: unknown; instance: unknown };
  if (!member.isNotMetatype) return typeof metatype === 'function' && metatype.prototype === prototype;
  return typeof instance === 'object' && instance !== null && Object.getPrototypeOf(instance) === prototype;
}
