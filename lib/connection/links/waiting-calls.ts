interface WaitingCall {
  send(): void;
  fail(error: Error): void;
}

/**
 * Calls that wait for their connection: sent in the order of the calls, and never after their time is over, so that a
 * write that was reported as failed does not happen behind its caller's back. The driver's own queue would still send
 * it.
 */
export class WaitingCalls {
  private calls = new Set<WaitingCall>();

  get isEmpty(): boolean {
    return this.calls.size === 0;
  }

  /**
   * Resolves as `send` does, which is given the remaining milliseconds; rejects with what `late` returns after `ms`.
   */
  add<T>(ms: number, send: (leftMs: number) => Promise<T>, late: () => Error): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const deadline = performance.now() + ms;
      const timer = setTimeout(() => {
        this.calls.delete(call);
        reject(late());
      }, ms);
      const call: WaitingCall = {
        send: () => {
          clearTimeout(timer);
          resolve(send(Math.max(1, deadline - performance.now())));
        },
        fail: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.calls.add(call);
    });
  }

  sendAll(): void {
    for (const call of this.takeAll()) call.send();
  }

  failAll(error: Error): void {
    for (const call of this.takeAll()) call.fail(error);
  }

  private takeAll(): Set<WaitingCall> {
    const calls = this.calls;
    this.calls = new Set();
    return calls;
  }
}
