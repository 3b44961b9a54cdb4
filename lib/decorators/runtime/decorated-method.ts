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

/** What stands behind a function that is in the place of a decorated method. */
export function decoratedMethod(wrapper: unknown): DecoratedMethod | undefined {
  return typeof wrapper === 'function' ? byWrapper.get(wrapper) : undefined;
}

/**
 * Those that an object has itself, whatever other decorators have put in their place. There are several of a name, the
 * outermost last, where other decorators stand between ours.
 */
export function ownDecoratedMethods(owner: object): readonly DecoratedMethod[] {
  const declared = byOwner.get(owner) ?? [];
  // A mixin has them without having declared them.
  const copied = Reflect.ownKeys(owner).flatMap(
    (name) => decoratedMethod(Object.getOwnPropertyDescriptor(owner, name)?.value) ?? [],
  );
  return [...new Set([...declared, ...copied])];
}

export function registerDecorated(wrapper: Method, method: DecoratedMethod): void {
  byWrapper.set(wrapper, method);
  byOwner.set(method.owner, [...(byOwner.get(method.owner) ?? []), method]);
}
