import type { CachexLock } from '../../locking/lock.js';
import type { CachexSemaphore } from '../../locking/semaphore.js';
import { Surroundings } from '../../waiting/surroundings.js';

type Claim = CachexLock | CachexSemaphore;

const claims = new Surroundings<Claim>();

/**
 * The lock or semaphore of the innermost `@WithLock` or `@WithSemaphore` that this code runs under; `undefined` outside.
 * Its `signal` aborts when it is lost; its `fencingToken` lets storage refuse a holder that has not noticed the loss.
 *
 * @publicApi
 * @example
 * @WithLock({ key: 'report' })
 * async report(): Promise<Report> {
 *   const response = await fetch(source, { signal: currentLock()?.signal });
 *   return (await response.json()) as Report;
 * }
 */
export function currentLock(): Claim | undefined {
  return claims.current;
}

export function whileHolding<T>(claim: Claim, run: () => Promise<T>): Promise<T> {
  return claims.run(claim, run);
}
