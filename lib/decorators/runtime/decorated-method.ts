import type { DeclaredMethod, Method } from '../../nest/declared-method.js';
import type { Operation } from './operation.js';

/** A method with decorators of this library, as its class declares it. */
export class DecoratedMethod implements DeclaredMethod {
  /** In the order in which the decorators are read; the first is the outermost. */
  readonly operations: Operation[] = [];

  constructor(
    readonly owner: object,
    readonly name: string | symbol,
    readonly original: Method,
  ) {}

  /** `ProductsService.find` */
  get title(): string {
    return `${this.owner.constructor.name}.${String(this.name)}`;
  }
}

const byWrapper = new WeakMap<object, DecoratedMethod>();
const byOwner = new WeakMap<object, DecoratedMethod[]>();

/** The decorated methods behind the function that has replaced them. */
export function decoratedMethod(wrapper: unknown): DecoratedMethod | undefined {
  return typeof wrapper === 'function' ? byWrapper.get(wrapper) : undefined;
}

/**
 * The decorated methods of an object itself, whatever other decorators have put in their place. Several have the same
 * name, the outermost last, if other decorators stand between ours.
 */
export function ownDecoratedMethods(owner: object): readonly DecoratedMethod[] {
  const declared = byOwner.get(owner) ?? [];
  // A mixin has methods that it has not declared.
  const copied = Reflect.ownKeys(owner).flatMap(
    (name) => decoratedMethod(Object.getOwnPropertyDescriptor(owner, name)?.value) ?? [],
  );
  return [...new Set([...declared, ...copied])];
}

export function registerDecorated(wrapper: Method, method: DecoratedMethod): void {
  byWrapper.set(wrapper, method);
  byOwner.set(method.owner, [...(byOwner.get(method.owner) ?? []), method]);
}
