import { onAbort } from './on-abort.js';

/** The longest delay of a timer: with more, Node.js fires it at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** Waits so many milliseconds, or until the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      stopListening?.();
      resolve();
    };
    const timer = setTimeout(end, ms);
    const stopListening = signal && onAbort(signal, end);
  });
}
