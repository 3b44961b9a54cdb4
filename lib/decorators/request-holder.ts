import type { InjectionToken, Type } from '@nestjs/common';
import { type ModulesContainer, REQUEST } from '@nestjs/core';
import * as nest from '../interceptors/nest-metadata.js';

/**
 * The class, the one given or one that is injected into it, whose instances hold the request they are made for. What they
 * answer may depend on who asks, whatever their arguments.
 */
export function requestHolder(host: Type, modules: ModulesContainer): string | undefined {
  const seen = new Set<unknown>();
  const search = (name: string, tokens: readonly unknown[]): string | undefined => {
    if (tokens.includes(REQUEST)) return name;
    for (const token of tokens) {
      if (seen.has(token)) continue;
      seen.add(token);
      for (const { providers } of modules.values()) {
        const provider = providers.get(token as InjectionToken);
        const found = provider && search(provider.name as string, dependencies(provider));
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
  return search(host.name, injectedTokens(host));
}

function dependencies({ metatype, inject }: { metatype: unknown; inject?: unknown[] | null }): unknown[] {
  if (inject) return inject.map((item) => resolved((item as { token?: unknown } | null)?.token ?? item));
  return typeof metatype === 'function' ? injectedTokens(metatype as Type) : [];
}

/** What a class has injected, by its constructor and into its properties. */
function injectedTokens(host: Type): unknown[] {
  const types = (Reflect.getMetadata(nest.constructorTypes, host) ?? []) as unknown[];
  const named = (Reflect.getMetadata(nest.constructorTokens, host) ?? []) as { param: unknown }[];
  const properties = (Reflect.getMetadata(nest.propertyTokens, host) ?? []) as { type: unknown }[];
  return [...types, ...named.map(({ param }) => param), ...properties.map(({ type }) => type)].map(resolved);
}

function resolved(token: unknown): unknown {
  const { forwardRef } = (token ?? {}) as { forwardRef?: () => unknown };
  return typeof forwardRef === 'function' ? forwardRef() : token;
}
