import { AsyncLocalStorage } from 'node:async_hooks';
import { isObservable } from 'rxjs';
import type { DecoratedMethod } from './decorated-method.js';

/** A handler that the interceptor is calling. It lets exactly one call pass: that of Nest, not those of other code. */
export class Handling {
  /** Whether the handler has returned an Observable rather than a value. */
  returnedObservable = false;
  private expected = true;

  constructor(private readonly method: DecoratedMethod) {}

  expects(method: DecoratedMethod): boolean {
    if (!this.expected || method !== this.method) return false;
    this.expected = false;
    return true;
  }

  /** Notes what the handler has returned. */
  note(returned: unknown): unknown {
    if (isObservable(returned)) this.returnedObservable = true;
    else if (returned instanceof Promise) return returned.then((value) => this.note(value));
    return returned;
  }
}

const current = new AsyncLocalStorage<Handling>();

export function whileHandling<T>(handling: Handling, callHandler: () => T): T {
  return current.run(handling, callHandler);
}

/** The interceptor's call of this method, where that is what is going on. */
export function handlingOf(method: DecoratedMethod): Handling | undefined {
  const handling = current.getStore();
  return handling?.expects(method) ? handling : undefined;
}
