import type { Type } from '@nestjs/common';
import type { Caches } from './caches.js';
import type { DecoratedMethod } from './decorated-method.js';
import type { DefaultNames } from './default-names.js';
import type { HostModule } from './host-module.js';
import { MethodSite } from './method-site.js';

/** The decorated methods of one module: a class may be in several, with different setups. */
export class ModuleRuntime {
  /** By prototype: proxies and mixins hide classes. */
  private readonly sites = new WeakMap<object, Map<DecoratedMethod, MethodSite>>();

  constructor(
    private readonly module: HostModule,
    private readonly caches: Caches,
    private readonly names: DefaultNames,
  ) {}

  /** @throws ConfigError if a decorator cannot work there */
  site(method: DecoratedMethod, host: Type, prototype: object = host.prototype): MethodSite {
    let sites = this.sites.get(prototype);
    if (!sites) this.sites.set(prototype, (sites = new Map<DecoratedMethod, MethodSite>()));
    let site = sites.get(method);
    if (!site) sites.set(method, (site = this.makeSite(method, host, prototype)));
    return site;
  }

  /** @throws ConfigError if a decorator cannot work on the object */
  siteOf(method: DecoratedMethod, object: object): MethodSite {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the object was made by it
    const site = this.site(method, object.constructor as Type, Object.getPrototypeOf(object));
    site.admit(object);
    return site;
  }

  private makeSite(method: DecoratedMethod, host: Type, prototype: object): MethodSite {
    const site = new MethodSite(method, host, prototype, this.module, this.caches);
    for (const operation of method.operations) {
      this.caches.check(operation.cache, `${operation.decorator} on ${site.title}`);
      if (site.isStream)
        site.refuse(operation.decorator, 'does not work: an @Sse() handler sends a stream of events, not one answer');
      operation.check?.(site);
    }
    for (const [decorator, name] of site.names) this.names.claim(decorator, name, site);
    return site;
  }
}
