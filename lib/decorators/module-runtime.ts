import type { Type } from '@nestjs/common';
import type { CachexService } from '../cachex.service.js';
import type { Outage } from '../execution/outage.js';
import type { DecoratedMethod } from './decorated-method.js';
import type { DecoratorRuntime } from './decorator-runtime.js';
import { MethodSite } from './method-site.js';

/** What the decorated methods of one module need: the same class may be in several, and set up differently there. */
export class ModuleRuntime {
  private readonly sites = new WeakMap<Type, Map<DecoratedMethod, MethodSite>>();

  constructor(
    private readonly runtime: DecoratorRuntime,
    private readonly name: string,
  ) {}

  /** @throws ConfigError where a decorator cannot work there */
  site(method: DecoratedMethod, host: Type): MethodSite {
    let sites = this.sites.get(host);
    if (!sites) this.sites.set(host, (sites = new Map<DecoratedMethod, MethodSite>()));
    let site = sites.get(method);
    if (!site) sites.set(method, (site = new MethodSite(method, host, this)));
    return site;
  }

  /** `ShopModule.ProductsService` */
  identityOf(host: Type): string {
    const identity = `${this.name}.${host.name}`;
    this.runtime.claim(identity, this, host);
    return identity;
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

  /** Through which class instances hold the request they are made for, if they do. */
  requestHolder(host: Type): string | undefined {
    return this.runtime.requestHolder(host);
  }
}
