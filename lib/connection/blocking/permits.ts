import type { BlockingCall } from './blocking-call.js';
import { onAbort } from '../../waiting/on-abort.js';

interface Waiter {
  enter(): void;
  fail(error: Error): void;
}

/** Lets a limited number of calls in at a time, and the others in the order of their arrival. */
export class Permits {
  private readonly queue = new Set<Waiter>();

  constructor(private free: number) {}

  /** Whether the call may continue: `false` if its time is over before its turn; rejects when it is cancelled. */
  acquire(call: BlockingCall): Promise<boolean> {
    if (this.free > 0) {
      this.free--;
      return Promise.resolve(true);
    }
    const { signal } = call;
    return new Promise<boolean>((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        stopListening?.();
        this.queue.delete(waiter);
      };
      const settle = (finish: () => void) => (): void => {
        leave();
        finish();
      };
      const cancel = settle(() => reject(signal!.reason));
      const timer = call.whenOver(settle(() => resolve(false)));
      const waiter: Waiter = {
        enter: settle(() => resolve(true)),
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      const stopListening = signal && onAbort(signal, cancel);
      this.queue.add(waiter);
    });
  }

  /** Lets the next one in. */
  release(): void {
    const [next] = this.queue;
    if (next) next.enter();
    else this.free++;
  }

  /** Lets nobody else in. */
  failAll(error: Error): void {
    for (const waiter of this.queue) waiter.fail(error);
  }
}
