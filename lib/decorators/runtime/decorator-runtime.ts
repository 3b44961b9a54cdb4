import { quoted } from '../../errors/quoted.js';
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { CachexService } from '../../cachex.service.js';
import { getCachexToken } from '../../cachex.tokens.js';
import { ConfigError } from '../../errors/index.js';
import { Outage } from '../../execution/outage.js';
import { decoratedClasses, decoratedMethodsOf, decoratedObjects, foreignObjects, members } from './discovery.js';
import { linkInstance, moduleRefOf, unlinkInstance } from './instance-links.js';
import type { MethodSite } from './method-site.js';
import { ModuleRuntime } from './module-runtime.js';
import { RequestHolders } from '../../nest/request-holder.js';

/** What the decorated methods of one application need. */
export class DecoratorRuntime implements OnModuleInit, OnApplicationShutdown {
  private readonly moduleRuntimes = new WeakMap<ModuleRef, ModuleRuntime>();
  private readonly caches = new Map<string | undefined, CachexService>();
  private readonly outages = new Map<string | undefined, Outage>();
  private readonly claims = new Map<string, MethodSite>();
  private readonly holders: RequestHolders;

  /** @throws ConfigError where a decorator cannot work on its method; before anything is connected */
  constructor(private readonly modules: ModulesContainer) {
    this.holders = new RequestHolders(modules);
    this.checkClasses();
  }

  /**
   * Objects that factories made, or that were there already, have no injected properties, and tell their class only now.
   *
   * @throws ConfigError where a decorator cannot work on them
   */
  async onModuleInit(): Promise<void> {
    for (const { moduleRef, instance } of foreignObjects(this.modules)) linkInstance(instance, moduleRef);
    try {
      this.checkClasses();
      this.checkObjects();
    } catch (error) {
      // The application does not start, and nobody else ends what has been connected.
      await Promise.all(this.services().map((service) => service.close()));
      throw error;
    }
  }

  onApplicationShutdown(): void {
    for (const { moduleRef, instance } of foreignObjects(this.modules)) unlinkInstance(instance, moduleRef);
  }

  ofModule(moduleRef: ModuleRef): ModuleRuntime {
    let runtime = this.moduleRuntimes.get(moduleRef);
    if (!runtime) {
      const module = [...this.modules.values()].find(
        ({ providers }) => providers.get(ModuleRef)?.instance === moduleRef,
      );
      if (!module)
        throw new ConfigError('A decorated method was called in a module that the application does not have');
      runtime = new ModuleRuntime(this, module, this.holders);
      this.moduleRuntimes.set(moduleRef, runtime);
    }
    return runtime;
  }

  /** @throws ConfigError while the application is being put together */
  cache(name: string | undefined): CachexService {
    const known = this.caches.get(name);
    if (known) return known;
    const service = this.find(name)?.instance as CachexService | null | undefined;
    if (!service) throw new ConfigError('A decorated method was called before the caches were made');
    this.caches.set(name, service);
    return service;
  }

  outage(name: string | undefined): Outage {
    let outage = this.outages.get(name);
    if (!outage) {
      const logger = new Logger(name === undefined ? 'Cachex' : `Cachex:${name}`);
      outage = new Outage({ ignoreExceptions: true, logIgnoredExceptions: true }, logger);
      this.outages.set(name, outage);
    }
    return outage;
  }

  checkCache(name: string | undefined, what: string): void {
    if (this.find(name)) return;
    const known = name === undefined ? 'without a name' : `named ${quoted(name)}`;
    throw new ConfigError(`${what}: there is no cache ${known}; is CachexModule imported for it?`);
  }

  /** @throws ConfigError where another method has the same default keys */
  claim(head: string, site: MethodSite): void {
    const owner = this.claims.get(head);
    if (owner && !owner.isSameMethodAs(site)) {
      throw new ConfigError(
        `Two methods are ${head}, and their default keys would be the same: give their decorators a key`,
      );
    }
    this.claims.set(head, site);
  }

  private checkClasses(): void {
    for (const { moduleRef, host } of decoratedClasses(this.modules)) {
      const runtime = this.ofModule(moduleRef);
      for (const method of decoratedMethodsOf(host.prototype as object)) runtime.site(method, host);
    }
  }

  private checkObjects(): void {
    for (const { instance } of decoratedObjects(this.modules)) {
      const moduleRef = moduleRefOf(instance);
      if (!moduleRef) continue;
      const runtime = this.ofModule(moduleRef);
      for (const method of decoratedMethodsOf(instance)) runtime.siteOf(method, instance);
    }
  }

  private services(): CachexService[] {
    const instances = [...members(this.modules)].map(({ instance }) => instance as unknown);
    return instances.filter((instance) => instance instanceof CachexService);
  }

  private find(name: string | undefined) {
    const token = getCachexToken(name);
    for (const { providers } of this.modules.values()) {
      const provider = providers.get(token);
      if (provider) return provider;
    }
    return undefined;
  }
}
