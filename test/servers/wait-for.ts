import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** The awaited event, for the error's message: `'the replica to be in sync'`. */
  what: string;
  /** The time limit in milliseconds; by default 20,000. */
  timeout?: number;
  /** Milliseconds between two checks; by default 20. */
  every?: number;
}

/**
 * Waits until the condition holds: servers send no event for most changes of their state. A condition that throws does
 * not hold yet; the last error becomes the cause of the timeout's error.
 */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  { what, timeout = 20_000, every = 20 }: WaitOptions,
): Promise<void> {
  const deadline = performance.now() + timeout;
  let cause: unknown;
  do {
    try {
      if (await condition()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(every);
  } while (performance.now() < deadline);
  throw new Error(`Waited ${timeout} ms in vain for ${what}`, { cause });
}
