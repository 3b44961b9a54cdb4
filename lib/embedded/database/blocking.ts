import type { Bytes } from '../protocol/bytes.js';
import { type Answer, attempt } from '../protocol/reply.js';

/** Returned by a command in place of an answer when it has to wait for one of its keys. */
export class Blocked {
  constructor(
    readonly keys: readonly Bytes[],
    /** In milliseconds; 0 waits forever. */
    readonly timeout: number,
    /** Tries again after a key was written; `undefined` keeps waiting. */
    readonly serve: (key: Bytes) => Answer | undefined,
  ) {}
}

/** A blocked command of one client. */
export interface Waiter {
  readonly blocked: Blocked;
  /** Answers the command and removes it from the queue. */
  finish(answer: Answer): void;
}

/** The blocked commands of a database: one queue per key, first come, first served. */
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

  /** Retries the commands that wait for a key, the longest waiting first. */
  serve(key: Bytes): void {
    for (const waiter of [...(this.waiters.get(key) ?? [])]) {
      const answer = attempt(() => waiter.blocked.serve(key));
      if (answer !== undefined) waiter.finish(answer);
    }
  }
}
