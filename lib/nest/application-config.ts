import { type ExecutionContext, type Type, type VersioningOptions, VersioningType } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { interceptors as key } from './nest-metadata.js';

/** The container's record of the whole application. */
interface ApplicationConfig {
  getGlobalInterceptors(): readonly unknown[];
  getGlobalRequestInterceptors(): readonly unknown[];
  getVersioning(): VersioningOptions | undefined;
}

interface Held {
  readonly applicationConfig?: Partial<ApplicationConfig>;
}

function configOf(moduleRef: ModuleRef): Partial<ApplicationConfig> | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what it is, or anything else, is seen by those who ask
  const container = Reflect.get(moduleRef, 'container') as Held | undefined;
  return container?.applicationConfig;
}

/** The request header by which an application chooses between the versions of a handler, if it is one. */
export function versionHeader(moduleRef: ModuleRef): string | undefined {
  const versioning = configOf(moduleRef)?.getVersioning?.();
  if (versioning?.type === VersioningType.MEDIA_TYPE) return 'accept';
  return versioning?.type === VersioningType.HEADER ? versioning.header.toLowerCase() : undefined;
}

/**
 * Whether a handler has interceptors other than `own`: on its method, its class, or the application. If Nest does not
 * expose them, there may be some.
 */
export function hasOthersAround(moduleRef: ModuleRef, context: ExecutionContext, own: Type): boolean {
  const config = configOf(moduleRef);
  if (!config?.getGlobalInterceptors || !config.getGlobalRequestInterceptors) return true;
  if (config.getGlobalInterceptors().length > 0 || config.getGlobalRequestInterceptors().length > 0) return true;
  return [context.getHandler(), context.getClass()].some((target) => {
    const all: readonly unknown[] | undefined = Reflect.getMetadata(key, target);
    return all?.some((interceptor) => interceptor !== own) ?? false;
  });
}
