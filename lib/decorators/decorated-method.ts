import type { Operation } from './operation.js';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A method with decorators of this library, as its class declares it. */
export class DecoratedMethod {
  /** In the order in which the decorators are read; the first is the outermost. */
  readonly operations: Operation[] = [];

  constructor(
    /** The prototype that declares it. */
    readonly owner: object,
    readonly name: string | symbol,
    /** Without the decorators. */
    readonly original: Method,
  ) {}

  /** `ProductsService.find` */
  get title(): string {
    return `${this.owner.constructor.name}.${String(this.name)}`;
  }
}

const decorated = new WeakMap<object, DecoratedMethod>();

/** What stands behind a function that is in the place of a decorated method. */
export function decoratedMethod(wrapper: unknown): DecoratedMethod | undefined {
  return typeof wrapper === 'function' ? decorated.get(wrapper) : undefined;
}

export function registerDecorated(wrapper: Method, method: DecoratedMethod): void {
  decorated.set(wrapper, method);
}
