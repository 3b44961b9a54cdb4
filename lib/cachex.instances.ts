import type { ModulesContainer } from '@nestjs/core';
import { CachexService } from './cachex.service.js';
import { getCachexToken, instanceNameToken } from './cachex.tokens.js';
import type { NestModule } from './nest/injection.js';

/** All caches of an application, by their names. */
export function cachexInstances(modules: ModulesContainer): Map<string, CachexService> {
  const instances = new Map<string, CachexService>();
  for (const module of modules.values()) {
    const name = instanceNameOf(module);
    const instance: unknown = name !== undefined && module.providers.get(getCachexToken(name))?.instance;
    if (name !== undefined && instance instanceof CachexService) instances.set(name, instance);
  }
  return instances;
}

/** The name of the cache that a module provides; `undefined` if it provides none. */
export function instanceNameOf({ providers }: NestModule): string | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the value of this token is a name
  return providers.get(instanceNameToken)?.instance as string | undefined;
}
