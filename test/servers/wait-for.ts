import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** What is waited for, for the error's message: `'the replica to be in sync'`. */
  what: string;
  /** Milliseconds until it is given up; 10,000 where left out. */
  timeout?: number;
  /** Milliseconds between two looks; 20 where left out. */
  every?: number;
}

/**
 * Waits until the condition holds, for servers give no event for most changes of their state. A condition that throws
 * does not hold yet; the last error is the cause of the one thrown at the end.
 */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  { what, timeout = 10_000, every = 20 }: WaitOptions,
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
