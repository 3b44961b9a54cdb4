import type { ModulesContainer } from '@nestjs/core';
import { ConfigError } from '../errors/index.js';
import { members } from './members.js';

/** The options that a decorator has recorded on a method. */
export interface Declaration<Options> {
  readonly name: string | symbol;
  readonly options: Options;
}

/** A declaration, and the object whose method to call. */
export interface DiscoveredMethod<Options> extends Declaration<Options> {
  readonly instance: object;
  /** Its name in messages: `OrdersService.confirm`. */
  readonly title: string;
  /** Calls the method with the wrappers of all its decorators. */
  readonly call: (...args: unknown[]) => unknown;
}

type Methods = Record<string | symbol, (...args: unknown[]) => unknown>;

/**
 * Finds methods that the application calls because of a decorator: outside requests, and therefore on singletons only.
 */
export class MethodDiscovery<Options> {
  constructor(
    private readonly key: string,
    /** The reason that the provider must be a singleton, for the error: `consume a stream`. */
    private readonly purpose: string,
  ) {}

  declare(method: object, options: Options): void {
    Reflect.defineMetadata(this.key, [options, ...this.declaredOn(method)], method);
  }

  /**
   * The declarations of an object, and those that it inherits and does not override. A function on the object itself is
   * a test's spy: it is called in place of the declared method.
   */
  of(object: object): Declaration<Options>[] {
    const methods = new Map<string | symbol, unknown>();
    for (
      let level: object | null = object;
      level && level !== Object.prototype;
      level = Reflect.getPrototypeOf(level)
    ) {
      for (const name of Reflect.ownKeys(level)) {
        const method: unknown = Object.getOwnPropertyDescriptor(level, name)?.value;
        const isSpy = level === object && this.declaredOn(method).length === 0;
        if (!isSpy && !methods.has(name)) methods.set(name, method);
      }
    }
    return [...methods].flatMap(([name, method]) => this.declaredOn(method).map((options) => ({ name, options })));
  }

  /**
   * The methods of all providers and controllers; an object counts once, even under several tokens.
   *
   * @throws ConfigError if a provider is not a singleton
   */
  find(modules: ModulesContainer): DiscoveredMethod<Options>[] {
    const found = new Map<object, DiscoveredMethod<Options>[]>();
    for (const member of members(modules)) {
      const instance: unknown = member.instance;
      if (typeof instance !== 'object' || instance === null) continue;
      const methods = this.of(instance).map((declaration) => discovered(instance, declaration));
      const [first] = methods;
      if (!first) continue;
      if (!member.isDependencyTreeStatic() || member.isTransient) {
        throw new ConfigError(
          `${first.title} cannot ${this.purpose}: its provider is not a singleton, and there is no request`,
        );
      }
      found.set(instance, methods);
    }
    return [...found.values()].flat();
  }

  private declaredOn(method: unknown): Options[] {
    return typeof method === 'function' ? (Reflect.getOwnMetadata(this.key, method) ?? []) : [];
  }
}

function discovered<Options>(instance: object, declaration: Declaration<Options>): DiscoveredMethod<Options> {
  const { name } = declaration;
  return {
    ...declaration,
    instance,
    title: `${instance.constructor.name}.${String(name)}`,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the decorator has checked that it is a method
    call: (...args) => (instance as Methods)[name]!(...args),
  };
}

/**
 * Nest runs the hooks of modules by their distance from the root: the farthest first, and on shutdown the nearest
 * first. At a distance below that of the root, a module starts its work when all others are ready, and ends it before
 * any of them ends.
 */
export function placeLast(modules: ModulesContainer, moduleClass: object): void {
  place(modules, moduleClass, -1);
}

/** The other way around: its hooks run before those of all others, global modules included, and after them at the end. */
export function placeFirst(modules: ModulesContainer, moduleClass: object): void {
  place(modules, moduleClass, Infinity);
}

function place(modules: ModulesContainer, moduleClass: object, distance: number): void {
  for (const module of modules.values()) if (module.metatype === moduleClass) module.distance = distance;
}
