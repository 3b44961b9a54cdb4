import type { InjectionToken, Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import * as nest from './nest-metadata.js';

/** Nest's record of a module. */
export type NestModule = ModulesContainer extends Map<string, infer Module> ? Module : never;

/** Nest's record of a provider, a controller, an enhancer or a middleware. */
export type Member = Exclude<ReturnType<NestModule['providers']['get']>, undefined>;

/** The part of a member that shows its dependencies; also for classes that are no members. */
export interface Injected extends Pick<Member, 'name' | 'scope'> {
  readonly metatype: unknown;
  readonly inject?: Member['inject'];
}

/** A class that `ModuleRef.create` instantiates outside any module. */
export function outsideModules(host: Type): Injected {
  const options: Pick<Member, 'scope'> | undefined = Reflect.getMetadata(nest.scopeOptions, host);
  return { name: host.name, metatype: host, scope: options?.scope };
}

/** The tokens that a factory injects, or a class into its constructor and properties. */
export function injectedTokens({ metatype, inject }: Injected): InjectionToken[] {
  if (inject) return inject.map((item) => resolved(isOptional(item) ? item.token : item));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a metatype without `inject` is a class
  return typeof metatype === 'function' ? tokensOfClass(metatype as Type) : [];
}

/** `{ token, optional }`; a class may have a static property of that name. */
function isOptional(item: unknown): item is { readonly token: unknown } {
  return typeof item === 'object' && item !== null && 'token' in item;
}

/**
 * The provider that Nest injects for a token in a module: the module's own, otherwise the first that an import exports.
 */
export function providerOf(token: InjectionToken, module: NestModule): Member | undefined {
  return module.providers.get(token) ?? importedProvider(token, module, new Set(), () => true);
}

function importedProvider(
  token: InjectionToken,
  module: NestModule,
  seen: Set<NestModule>,
  isOpen: (imported: NestModule) => boolean,
): Member | undefined {
  for (const imported of module.imports) {
    if (!imported || !isOpen(imported) || seen.has(imported)) continue;
    seen.add(imported);
    const own = imported.exports.has(token) ? imported.providers.get(token) : undefined;
    const found = own ?? importedProvider(token, imported, seen, ({ metatype }) => imported.exports.has(metatype));
    if (found) return found;
  }
  return undefined;
}

function tokensOfClass(host: Type): InjectionToken[] {
  const byPosition: unknown[] = [...(Reflect.getMetadata(nest.constructorTypes, host) ?? [])];
  const named: { index: number; param: unknown }[] = Reflect.getMetadata(nest.constructorTokens, host) ?? [];
  for (const { index, param } of named) byPosition[index] = param;
  const properties: { type: unknown }[] = Reflect.getMetadata(nest.propertyTokens, host) ?? [];
  return [...byPosition, ...properties.map(({ type }) => type)].map(resolved);
}

function resolved(token: unknown): InjectionToken {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any value may have properties
  const { forwardRef } = (token ?? {}) as { forwardRef?: () => unknown };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Nest treats whatever a class injects as a token
  return (typeof forwardRef === 'function' ? forwardRef() : token) as InjectionToken;
}
