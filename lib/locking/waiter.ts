/** Why a waiter was stopped whose time is over; all other reasons are errors for its caller. */
export const timeIsOver = Symbol('time is over');

/** One acquisition that waits: it rests until it is called, and all it does ends at once when it is stopped. */
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

  /** Until it is called (or was while it did something else), or for so long. */
  async rest(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await this.unlessStopped<void>((resolve) => {
      if (this.isCalled) return resolve();
      this.onCall = resolve;
      timer = setTimeout(resolve, ms);
    }).finally(() => {
      clearTimeout(timer);
      this.onCall = undefined;
    });
  }

  /** Waits for a try; calls that come meanwhile are for the next rest. */
  async attempt<T>(attempt: () => Promise<T>): Promise<T> {
    this.isCalled = false;
    return this.unlessStopped<T>((resolve, reject) => void attempt().then(resolve, reject));
  }

  private async unlessStopped<T>(
    start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
  ): Promise<T> {
    if (this.stopped) throw this.stopped.reason;
    return new Promise<T>((resolve, reject) => {
      this.onStop = reject;
      start(resolve, reject);
    }).finally(() => (this.onStop = undefined));
  }
}
