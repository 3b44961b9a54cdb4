/** The timers of callers that wait for a limited time. */
export class Deadlines {
  private readonly timers = new Set<NodeJS.Timeout>();
  private isReleased = false;

  /** The result of the promise or, if it takes longer, what `late` returns. */
  within<T>(promise: Promise<T>, ms: number, late: () => T | Promise<T>): Promise<T> {
    return ms === Infinity ? promise : this.limited(promise, ms, late);
  }

  private async limited<T>(promise: Promise<T>, ms: number, late: () => T | Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      // A result that arrived while the process was busy goes first.
      timer = this.keep(setTimeout(() => setImmediate(resolve), ms));
    });
    try {
      return await Promise.race([promise, over.then(late)]);
    } finally {
      clearTimeout(timer);
      this.timers.delete(timer!);
    }
  }

  /** From now on none of the timers keeps the process alive. */
  release(): void {
    this.isReleased = true;
    for (const timer of this.timers) timer.unref();
  }

  private keep(timer: NodeJS.Timeout): NodeJS.Timeout {
    this.timers.add(timer);
    return this.isReleased ? timer.unref() : timer;
  }
}
