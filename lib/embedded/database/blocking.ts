import type { Bytes } from '../protocol/bytes.js';
import { type Answer, attempt } from '../protocol/reply.js';

/** What a command gives instead of an answer when it has to wait for one of its keys. */
export class Blocked {
  constructor(
    readonly keys: readonly Bytes[],
    /** In milliseconds; 0 waits for ever. */
    readonly timeout: number,
    /** Tries again for a key that was written to; `undefined` keeps waiting. */
    readonly serve: (key: Bytes) => Answer | undefined,
  ) {}
}

/** A blocked command of one client. */
export interface Waiter {
  readonly blocked: Blocked;
  /** Answers it and takes it out of the queue. */
  finish(answer: Answer): void;
}

/** The blocked commands of a database, first come first served per key. */
export class Blocking {
  private readonly waiters = new Map<Bytes, Set<Waiter>>();

  has(key: Bytes): boolean {
    return this.waiters.has(key);
  }

  keys(): IterableIterator<Bytes> {
    return this.waiters.keys();
  }

  add(waiter: Waiter): void {
    for (const key of waiter.blocked.keys) {
      const waiters = this.waiters.get(key) ?? new Set();
      this.waiters.set(key, waiters.add(waiter));
    }
  }

  remove(waiter: Waiter): void {
    for (const key of waiter.blocked.keys) {
      const waiters = this.waiters.get(key);
      waiters?.delete(waiter);
      if (waiters?.size === 0) this.waiters.delete(key);
    }
  }

  /** Lets those who wait for a key have another try, the longest waiting first. */
  serve(key: Bytes): void {
    for (const waiter of [...(this.waiters.get(key) ?? [])]) {
      const answer = attempt(() => waiter.blocked.serve(key));
      if (answer !== undefined) waiter.finish(answer);
    }
  }
}
