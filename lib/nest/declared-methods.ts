import type { ModulesContainer } from '@nestjs/core';
import { ConfigError } from '../errors/index.js';
import { members } from './members.js';

/** What a decorator says of a method. */
export interface Declaration<Options> {
  readonly name: string | symbol;
  readonly options: Options;
}

/** A declaration, and the object whose method is meant. */
export interface DeclaredMethod<Options> extends Declaration<Options> {
  readonly instance: object;
  /** What it is called in messages: `OrdersService.confirm`. */
  readonly title: string;
  /** Whatever other decorators have put around it. */
  readonly call: (...args: unknown[]) => unknown;
}

type Methods = Record<string | symbol, (...args: unknown[]) => unknown>;

/** Methods that a decorator has the application call by itself: not for a request, and so on singletons only. */
export class DeclaredMethods<Options> {
  constructor(
    private readonly key: string,
    /** What such a method cannot do where its provider is no singleton: `consume a stream`. */
    private readonly purpose: string,
  ) {}

  declare(method: object, options: Options): void {
    Reflect.defineMetadata(this.key, [options, ...this.declaredOn(method)], method);
  }

  /**
   * Those of an object and of what it inherits, and has not overridden. A function that stands on the object itself is a
   * spy of a test: it is called in the place of the declared method.
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
   * Those of all providers and controllers, each object once, by however many tokens it is provided.
   *
   * @throws ConfigError for one that is no singleton
   */
  find(modules: ModulesContainer): DeclaredMethod<Options>[] {
    const found = new Map<object, DeclaredMethod<Options>[]>();
    for (const member of members(modules)) {
      const instance: unknown = member.instance;
      if (typeof instance !== 'object' || instance === null) continue;
      const methods = this.of(instance).map((declaration) => declared(instance, declaration));
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

function declared<Options>(instance: object, declaration: Declaration<Options>): DeclaredMethod<Options> {
  const { name } = declaration;
  return {
    ...declaration,
    instance,
    title: `${instance.constructor.name}.${String(name)}`,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a decorator has seen that it is a method
    call: (...args) => (instance as Methods)[name]!(...args),
  };
}

/**
 * Hooks of modules run in the order of their distance from the root, the farthest first, and on shutdown the other way
 * around. Nearer than the root, what a module begins is begun when all others are ready, and ends before any of them is
 * gone.
 */
export function placeLast(modules: ModulesContainer, moduleClass: object): void {
  for (const module of modules.values()) if (module.metatype === moduleClass) module.distance = -1;
}
