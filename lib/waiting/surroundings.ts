import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * What code runs under, however deep. An `AsyncLocalStorage` that is off while nothing runs under it: on Node 20 and 22,
 * one that is on makes every promise of the process slower, and most calls are hits, which have no need of it.
 */
export class Surroundings<T> {
  private readonly storage = new AsyncLocalStorage<T>();
  private running = 0;

  get current(): T | undefined {
    return this.storage.getStore();
  }

  async run<R>(surrounding: T, work: () => Promise<R>): Promise<R> {
    this.running++;
    try {
      return await this.storage.run(surrounding, work);
    } finally {
      this.running--;
      if (this.running === 0) this.storage.disable();
    }
  }
}
