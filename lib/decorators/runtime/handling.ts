import { isObservable } from 'rxjs';
import type { DecoratedMethod } from './decorated-method.js';
import type { MethodCall } from './method-call.js';
import type { Operation } from './operation.js';
import { Surroundings } from '../../waiting/surroundings.js';

/** A handler that the interceptor is calling. Only one call comes from Nest; other code may call it, too. */
export class Handling {
  /** Whether the handler has returned an Observable rather than a value. */
  returnedObservable = false;
  private readonly passed = new Set<DecoratedMethod>();

  constructor(
    private readonly method: DecoratedMethod,
    private readonly call: MethodCall,
  ) {}

  /** What it does around the handler. */
  get operations(): readonly Operation[] {
    return this.method.operations;
  }

  expects(method: DecoratedMethod): boolean {
    return method === this.method && this.isFirstAt(method);
  }

  /** The call, if it reaches a method of the same name: other decorators stand between the two. */
  comingTo(method: DecoratedMethod): MethodCall | undefined {
    const { owner, name } = this.method;
    const isInner = method !== this.method && method.owner === owner && method.name === name;
    return isInner && this.isFirstAt(method) ? this.call : undefined;
  }

  /** Whether the handler has overridden this method, and may call it by `super`. */
  overrides({ owner, name }: DecoratedMethod): boolean {
    return name === this.method.name && Object.prototype.isPrototypeOf.call(owner, this.method.owner);
  }

  /** Records the handler's result. */
  note(returned: unknown): unknown {
    if (isObservable(returned)) this.returnedObservable = true;
    else if (returned instanceof Promise) return returned.then((value) => this.note(value));
    return returned;
  }

  private isFirstAt(method: DecoratedMethod): boolean {
    if (this.passed.has(method)) return false;
    this.passed.add(method);
    return true;
  }
}

const handlings = new Surroundings<Handling>();

export function whileHandling<T>(handling: Handling, callHandler: () => Promise<T>): Promise<T> {
  return handlings.run(handling, callHandler);
}

/** The handler that the interceptor is calling, if this code runs under it. */
export function currentHandling(): Handling | undefined {
  return handlings.current;
}
