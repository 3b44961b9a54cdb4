import { AsyncLocalStorage } from 'node:async_hooks';
import { isPromise } from 'node:util/types';

/**
 * The context that code runs in, at any depth. An `AsyncLocalStorage` that is off while no code runs in it: on Node.js
 * 20 and 22, an active one slows down every promise of the process, and most calls are hits, which do not need it.
 */
export class Surroundings<T> {
  private readonly storage = new AsyncLocalStorage<T>();
  private running = 0;

  get current(): T | undefined {
    return this.storage.getStore();
  }

  /** Whether any code runs in a context: otherwise `current` need not be read. */
  get isOn(): boolean {
    return this.running > 0;
  }

  async run<R>(surrounding: T, work: () => Promise<R>): Promise<R> {
    return await this.call(surrounding, work);
  }

  /** The same for code that may run synchronously. */
  call<R>(surrounding: T, work: () => R): R {
    this.running++;
    let result: R | undefined;
    try {
      result = this.storage.run(surrounding, work);
      return result;
    } finally {
      if (isPromise(result)) void result.then(this.leave, this.leave);
      else this.leave();
    }
  }

  private readonly leave = (): void => {
    this.running--;
    if (this.running === 0) this.storage.disable();
  };
}
