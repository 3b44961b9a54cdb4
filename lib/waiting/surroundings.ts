import { AsyncLocalStorage } from 'node:async_hooks';
import { isPromise } from 'node:util/types';

/**
 * What code runs under, however deep. An `AsyncLocalStorage` that is off while nothing runs under it: on Node 20 and
 * 22, an active one makes every promise of the process slower, and most calls are hits, which do not need it.
 */
export class Surroundings<T> {
  private readonly storage = new AsyncLocalStorage<T>();
  private running = 0;

  get current(): T | undefined {
    return this.storage.getStore();
  }

  /** Whether anything runs under some: `current` is not worth asking for otherwise. */
  get isOn(): boolean {
    return this.running > 0;
  }

  async run<R>(surrounding: T, work: () => Promise<R>): Promise<R> {
    return await this.call(surrounding, work);
  }

  /** The same for code that may run at once. */
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
