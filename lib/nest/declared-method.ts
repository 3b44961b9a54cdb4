export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A method, and where it is declared. */
export interface DeclaredMethod {
  /** The prototype that declares it. */
  readonly owner: object;
  readonly name: string | symbol;
  /** As the class declares it, without the wrappers of decorators. */
  readonly original: Method;
}
