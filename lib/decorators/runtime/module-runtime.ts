import type { Type } from '@nestjs/common';
import type { CachexService } from '../../cachex.service.js';
import type { Outage } from '../../execution/outage.js';
import type { DecoratedMethod } from './decorated-method.js';
import type { DecoratorRuntime } from './decorator-runtime.js';
import { membersOf } from './discovery.js';
import type { NestModule } from '../../nest/injection.js';
import { MethodSite } from './method-site.js';
import { makes, whyNotOneForAll } from './one-for-all.js';
import type { RequestHolders, WayToRequest } from '../../nest/request-holder.js';

/** What the decorated methods of one module need: the same class may be in several, and set up differently there. */
export class ModuleRuntime {
  /** By prototype: proxies and mixins hide classes. */
  private readonly sites = new WeakMap<object, Map<DecoratedMethod, MethodSite>>();

  constructor(
    private readonly runtime: DecoratorRuntime,
    private readonly module: NestModule,
    private readonly holders: RequestHolders,
  ) {}

  /** @throws ConfigError where a decorator cannot work there */
  site(method: DecoratedMethod, host: Type, prototype = host.prototype as object): MethodSite {
    let sites = this.sites.get(prototype);
    if (!sites) this.sites.set(prototype, (sites = new Map<DecoratedMethod, MethodSite>()));
    let site = sites.get(method);
    if (!site) sites.set(method, (site = new MethodSite(method, host, prototype, this)));
    return site;
  }

  /** @throws ConfigError where a decorator cannot work on the object */
  siteOf(method: DecoratedMethod, object: object): MethodSite {
    const site = this.site(method, object.constructor as Type, Object.getPrototypeOf(object) as object);
    site.admit(object);
    return site;
  }

  get name(): string {
    return this.module.name;
  }

  /** @throws ConfigError where another method's default keys would be the same */
  claim(head: string, site: MethodSite): void {
    this.runtime.claim(head, site);
  }

  cache(name: string | undefined): CachexService {
    return this.runtime.cache(name);
  }

  /** The absence of that cache's server, as far as decorated methods have met it. */
  outage(name: string | undefined): Outage {
    return this.runtime.outage(name);
  }

  checkCache(name: string | undefined, what: string): void {
    this.runtime.checkCache(name, what);
  }

  /** Why it has no one object of a class that answers all callers alike, if so. */
  whyNotOneForAll(site: MethodSite): string | undefined {
    return whyNotOneForAll(site, this.module, this.holders);
  }

  /** Whether it is a provider, a controller or an enhancer of the module. */
  has(object: object): boolean {
    return membersOf(this.module).some(({ instance }) => instance === object);
  }

  /** Whether Nest makes the objects of a class anew for every request, though none holds it: a guard of theirs does. */
  remakes({ prototype }: MethodSite): boolean {
    return membersOf(this.module).some((member) => makes(member, prototype) && !member.isDependencyTreeStatic());
  }

  /** How a pipe of a handler, or of the application, comes to hold the request, if one does. */
  wayOfPipes(pipes: readonly Type[]): WayToRequest | undefined {
    return this.holders.wayFromPipes(pipes, this.module);
  }
}
