export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A method, and where it is declared. */
export interface DeclaredMethod {
  /** The prototype that declares it. */
  readonly owner: object;
  readonly name: string | symbol;
  /** As its class has written it, without what decorators put around it. */
  readonly original: Method;
}
