import { Scope, type Type } from '@nestjs/common';
import { APP_PIPE, type ModulesContainer } from '@nestjs/core';
import {
  type Injected,
  injectedTokens,
  type Member,
  type NestModule,
  outsideModules,
  providerOf,
} from './injection.js';

/** Names, from the object that holds the request to the class that Nest creates for every request. */
export type WayToRequest = readonly string[];

/**
 * Finds objects that hold the request they are created for: request-scoped or durable ones, and those that inject such
 * an object, at any distance. Their answers may depend on the caller, whatever the arguments.
 */
export class RequestHolders {
  private readonly dependencies = new WeakMap<Injected, readonly Member[]>();

  constructor(private readonly modules: ModulesContainer) {}

  wayFrom(holder: Injected, module: NestModule): WayToRequest | undefined {
    return this.search(holder, module, new Set());
  }

  /** From one of these pipes, or from a pipe of the whole application. */
  wayFromPipes(pipes: readonly Type[], module: NestModule): WayToRequest | undefined {
    for (const pipe of pipes) {
      const way = this.wayFrom(module.injectables.get(pipe) ?? outsideModules(pipe), module);
      if (way) return way;
    }
    for (const owner of this.modules.values()) {
      for (const [token, pipe] of [...owner.providers, ...owner.injectables]) {
        // Each of them is registered under a unique token.
        if (typeof token !== 'string' || !token.startsWith(APP_PIPE)) continue;
        const way = this.wayFrom(pipe, owner);
        if (way) return way;
      }
    }
    return undefined;
  }

  private search(from: Injected, module: NestModule, seen: Set<Injected>): WayToRequest | undefined {
    if (seen.has(from)) return undefined;
    seen.add(from);
    if (from.scope === Scope.REQUEST) return [nameOf(from)];
    for (const dependency of this.dependenciesOf(from, module)) {
      const way = this.search(dependency, dependency.host ?? module, seen);
      if (way) return [nameOf(from), ...way];
    }
    return undefined;
  }

  private dependenciesOf(holder: Injected, module: NestModule): readonly Member[] {
    let found = this.dependencies.get(holder);
    if (!found) {
      found = injectedTokens(holder).flatMap((token) => providerOf(token, module) ?? []);
      this.dependencies.set(holder, found);
    }
    return found;
  }
}

function nameOf({ name }: Injected): string {
  return typeof name === 'function' ? name.name : String(name);
}
