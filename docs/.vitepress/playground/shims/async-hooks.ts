/**
 * Knows where code runs until its first `await`: a browser has no way to know more. What the library does by it beyond
 * that (a nested load that finds its own key, `currentLock()`) is not in the playground.
 */
export class AsyncLocalStorage<T> {
  private store: T | undefined;

  static snapshot() {
    return <R>(run: () => R): R => run();
  }

  static bind<F>(run: F): F {
    return run;
  }

  getStore(): T | undefined {
    return this.store;
  }

  enterWith(store: T): void {
    this.store = store;
  }

  run<R>(store: T | undefined, work: () => R): R {
    const outer = this.store;
    this.store = store;
    try {
      return work();
    } finally {
      this.store = outer;
    }
  }

  exit<R>(work: () => R): R {
    return this.run(undefined, work);
  }

  disable(): void {
    this.store = undefined;
  }
}

export class AsyncResource {
  static bind<F>(run: F): F {
    return run;
  }

  runInAsyncScope<R>(run: () => R): R {
    return run();
  }
}
