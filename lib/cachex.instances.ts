import type { ModulesContainer } from '@nestjs/core';
import { CachexService } from './cachex.service.js';
import { defaultName, getCachexToken } from './cachex.tokens.js';

/** All caches of an application, by their names. */
export function cachexInstances(modules: ModulesContainer): Map<string, CachexService> {
  const instances = new Map<string, CachexService>();
  for (const { metatype, providers } of modules.values()) {
    if (metatype.name !== 'CachexModule') continue;
    for (const [token, { instance }] of providers) {
      if (instance instanceof CachexService)
        instances.set(nameOf(token as ReturnType<typeof getCachexToken>), instance);
    }
  }
  return instances;
}

/** The name that an instance with this token has. */
function nameOf(token: ReturnType<typeof getCachexToken>): string {
  return typeof token === 'string' ? token.slice(token.indexOf(':') + 1) : defaultName;
}
