/** The reason for stopping a waiter whose time is over; all other reasons are errors for its caller. */
export const timeIsOver = Symbol('time is over');

/** One waiting acquisition: it rests until it is woken, and everything it does ends at once when it is stopped. */
export class Waiter {
  private isCalled = false;
  private stopped: { readonly reason: unknown } | undefined;
  private onCall: (() => void) | undefined;
  private onStop: ((reason: unknown) => void) | undefined;

  /** It may be its turn. */
  call(): void {
    this.isCalled = true;
    this.onCall?.();
  }

  stop(reason: unknown): void {
    this.stopped ??= { reason };
    this.onStop?.(this.stopped.reason);
  }

  /** Waits until it is woken (or has been since the last rest), or for `ms`. */
  async rest(ms: number): Promise<void> {
    if (!this.isCalled) {
      let timer: NodeJS.Timeout | undefined;
      const called = new Promise<void>((resolve) => {
        this.onCall = resolve;
        timer = setTimeout(resolve, ms);
      });
      await this.unlessStopped(called).finally(() => clearTimeout(timer));
    }
    this.isCalled = false;
  }

  /** The result of the promise; rejects with the reason if it is stopped first. */
  unlessStopped<T>(promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.onStop = reject;
      if (this.stopped) reject(this.stopped.reason);
      promise.then(resolve, reject);
    });
  }
}
