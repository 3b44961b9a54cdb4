import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { ModuleRef, type ModulesContainer } from '@nestjs/core';
import { ConfigError } from '../../errors/index.js';
import { madeClasses } from '../../nest/members.js';
import { RequestHolders } from '../../nest/request-holder.js';
import { Caches } from './caches.js';
import { DefaultNames } from './default-names.js';
import { decoratedMethodsOf, decoratedObjects, foreignObjects } from './discovery.js';
import { HostModule } from './host-module.js';
import { linkInstance, moduleRefOf, unlinkInstance } from './instance-links.js';
import { ModuleRuntime } from './module-runtime.js';

/** The context of the decorated methods of one application. */
export class DecoratorRuntime implements OnModuleInit, OnApplicationShutdown {
  readonly caches: Caches;
  private readonly moduleRuntimes = new WeakMap<ModuleRef, ModuleRuntime>();
  private readonly names = new DefaultNames();
  private readonly holders: RequestHolders;

  /** @throws ConfigError if a decorator cannot work on its method; before anything is connected */
  constructor(private readonly modules: ModulesContainer) {
    this.caches = new Caches(modules);
    this.holders = new RequestHolders(modules);
    this.checkClasses();
  }

  /**
   * Objects from factories, or existing ones, have no injected properties, and their class is known only now.
   *
   * @throws ConfigError if a decorator cannot work on them
   */
  async onModuleInit(): Promise<void> {
    for (const { moduleRef, instance } of foreignObjects(this.modules)) linkInstance(instance, moduleRef);
    try {
      this.checkClasses();
      this.checkObjects();
    } catch (error) {
      // The application does not start, and nobody else closes the connections.
      await this.caches.close();
      throw error;
    }
  }

  /** Nest calls no hooks of modules that were loaded lazily: their caches are closed here. */
  async onApplicationShutdown(): Promise<void> {
    await this.caches.close();
    for (const { moduleRef, instance } of foreignObjects(this.modules)) unlinkInstance(instance, moduleRef);
  }

  ofModule(moduleRef: ModuleRef): ModuleRuntime {
    let runtime = this.moduleRuntimes.get(moduleRef);
    if (!runtime) {
      const module = [...this.modules.values()].find(
        ({ providers }) => providers.get(ModuleRef)?.instance === moduleRef,
      );
      if (!module)
        throw new ConfigError('A decorated method was called in a module that does not belong to the application');
      runtime = new ModuleRuntime(new HostModule(module, this.holders), this.caches, this.names);
      this.moduleRuntimes.set(moduleRef, runtime);
    }
    return runtime;
  }

  private checkClasses(): void {
    for (const { moduleRef, host } of madeClasses(this.modules)) {
      const runtime = this.ofModule(moduleRef);
      for (const method of decoratedMethodsOf(host.prototype)) runtime.site(method, host);
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
}
