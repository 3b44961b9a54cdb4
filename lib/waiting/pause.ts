import { onAbort } from './on-abort.js';

/** The longest delay of a timer: Node.js fires a longer one at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** Waits `ms` milliseconds, or until the signal aborts. */
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
