import type { ExecutionContext, Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { interceptors as key } from './nest-metadata.js';

/** The container's record of application-wide interceptors. */
interface ApplicationConfig {
  getGlobalInterceptors(): readonly unknown[];
  getGlobalRequestInterceptors(): readonly unknown[];
}

interface Held {
  readonly applicationConfig?: Partial<ApplicationConfig>;
}

/**
 * Whether a handler has interceptors other than `own`: on its method, its class, or the application. If Nest does not
 * expose them, there may be some.
 */
export function hasOthersAround(moduleRef: ModuleRef, context: ExecutionContext, own: Type): boolean {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its shape is checked below
  const container = Reflect.get(moduleRef, 'container') as Held | undefined;
  const config = container?.applicationConfig;
  if (!config?.getGlobalInterceptors || !config.getGlobalRequestInterceptors) return true;
  if (config.getGlobalInterceptors().length > 0 || config.getGlobalRequestInterceptors().length > 0) return true;
  return [context.getHandler(), context.getClass()].some((target) => {
    const all: readonly unknown[] | undefined = Reflect.getMetadata(key, target);
    return all?.some((interceptor) => interceptor !== own) ?? false;
  });
}
