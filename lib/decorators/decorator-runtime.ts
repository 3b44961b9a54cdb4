import { Logger, type OnApplicationShutdown, type OnModuleInit, type Type } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import type { CachexService } from '../cachex.service.js';
import { getCachexToken } from '../cachex.tokens.js';
import { ConfigError } from '../errors/index.js';
import { Outage } from '../execution/outage.js';
import { decoratedClasses, decoratedMethodsOf, unlinkedInstances } from './discovery.js';
import { linkInstance, unlinkInstance } from './instance-links.js';
import { ModuleRuntime } from './module-runtime.js';
import { requestHolder } from './request-holder.js';

/** What the decorated methods of one application need. */
export class DecoratorRuntime implements OnModuleInit, OnApplicationShutdown {
  private readonly moduleRuntimes = new WeakMap<ModuleRef, ModuleRuntime>();
  private readonly caches = new Map<string | undefined, CachexService>();
  private readonly outages = new Map<string | undefined, Outage>();
  private readonly claims = new Map<string, { module: ModuleRuntime; host: Type }>();

  /** @throws ConfigError where a decorator cannot work on its method; before anything is connected */
  constructor(private readonly modules: ModulesContainer) {
    for (const { moduleRef, host } of decoratedClasses(modules)) {
      const runtime = this.ofModule(moduleRef);
      for (const method of decoratedMethodsOf(host.prototype as object)) runtime.site(method, host);
    }
  }

  /** Objects that factories made, or that were there already, have no injected properties. */
  onModuleInit(): void {
    for (const { moduleRef, instance } of unlinkedInstances(this.modules)) linkInstance(instance, moduleRef);
  }

  onApplicationShutdown(): void {
    for (const { moduleRef, instance } of unlinkedInstances(this.modules)) unlinkInstance(instance, moduleRef);
  }

  ofModule(moduleRef: ModuleRef): ModuleRuntime {
    let runtime = this.moduleRuntimes.get(moduleRef);
    if (!runtime) {
      const module = [...this.modules.values()].find(
        ({ providers }) => providers.get(ModuleRef)?.instance === moduleRef,
      );
      runtime = new ModuleRuntime(this, module?.name ?? '');
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
    const known = name === undefined ? 'without a name' : `named ${JSON.stringify(name)}`;
    throw new ConfigError(`${what}: there is no cache ${known}; is CachexModule imported for it?`);
  }

  /** @throws ConfigError where another class goes by the same identity, so that default keys would be the same */
  claim(identity: string, module: ModuleRuntime, host: Type): void {
    const owner = this.claims.get(identity);
    if (owner && (owner.host !== host || owner.module !== module)) {
      throw new ConfigError(
        `Two classes are ${identity}, and their default keys would be the same: give their decorators a key`,
      );
    }
    this.claims.set(identity, { module, host });
  }

  requestHolder(host: Type): string | undefined {
    return requestHolder(host, this.modules);
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
