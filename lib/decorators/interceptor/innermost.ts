import type { ModulesContainer } from '@nestjs/core';
import { decoratedMethodsOf } from '../runtime/discovery.js';
import { CachexInterceptor } from './cachex.interceptor.js';
import { madeClasses } from '../../nest/members.js';
import { interceptors as key } from '../../nest/nest-metadata.js';

/**
 * Puts the interceptor inside all others of a handler, once, wherever our decorators are written: the other
 * interceptors may change the answer for each caller, and a request that they change (forms, for one) must decide the
 * key.
 */
export function putInnermost(modules: ModulesContainer): void {
  for (const { host } of madeClasses(modules)) {
    const prototype: Record<string | symbol, object | undefined> = host.prototype;
    for (const { name } of decoratedMethodsOf(prototype)) {
      const handler = prototype[name];
      const all: unknown[] | undefined = handler && Reflect.getMetadata(key, handler);
      if (!handler || !all?.includes(CachexInterceptor)) continue;
      const others = all.filter((interceptor) => interceptor !== CachexInterceptor);
      Reflect.defineMetadata(key, [...others, CachexInterceptor], handler);
    }
  }
}
