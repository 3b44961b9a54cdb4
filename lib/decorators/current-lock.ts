import { AsyncLocalStorage } from 'node:async_hooks';
import type { CachexLock } from '../locking/lock.js';
import type { CachexSemaphore } from '../locking/semaphore.js';

type Claim = CachexLock | CachexSemaphore;

const current = new AsyncLocalStorage<Claim>();

/**
 * The lock or semaphore of the innermost `@WithLock` or `@WithSemaphore` that this code runs under; `undefined` outside.
 * Its `signal` aborts when it is lost, its `fencingToken` lets storage refuse who has lost it without noticing.
 *
 * @publicApi
 * @example
 * @WithLock({ key: 'report' })
 * async report(): Promise<Report> {
 *   const response = await fetch(source, { signal: currentLock()?.signal });
 */
export function currentLock(): Claim | undefined {
  return current.getStore();
}

export function whileHolding<T>(claim: Claim, run: () => T): T {
  return current.run(claim, run);
}
