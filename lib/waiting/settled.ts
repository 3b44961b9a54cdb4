import { onAbort } from './on-abort.js';

/**
 * Waits until a promise settles either way, at most `ms` milliseconds, and no longer than until the signal aborts.
 * Returns whether the promise settled in time.
 */
export function settled(promise: Promise<unknown>, ms: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isInTime: boolean): void => {
      clearTimeout(timer);
      stopListening?.();
      resolve(isInTime);
    };
    const giveUp = (): void => end(false);
    const timer = setTimeout(giveUp, ms);
    const stopListening = signal && onAbort(signal, giveUp);
    if (signal?.aborted) giveUp();
    const settle = (): void => end(true);
    promise.then(settle, settle);
  });
}
