export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A method, and where it is declared. */
export interface DeclaredMethod {
  /** The prototype that declares it. */
  readonly owner: object;
  readonly name: string | symbol;
  /** As the class declares it, without the wrappers of decorators. */
  readonly original: Method;
}

/**
 * The method that a decorator is on, and its descriptor.
 *
 * @throws TypeError if it is not a method of instances
 */
export function instanceMethod<M>(
  decorator: string,
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<M> | undefined,
): { readonly method: M; readonly descriptor: TypedPropertyDescriptor<M> } {
  const method = descriptor?.value;
  if (method && typeof method === 'function' && typeof target !== 'function') return { method, descriptor };
  throw new TypeError(`${decorator} decorates instance methods, and ${String(name)} is not one`);
}
