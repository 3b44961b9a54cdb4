interface Listening {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const listeningTo = new WeakMap<AbortSignal, Listening>();

/**
 * Calls back when the signal aborts, until the returned function is called. All callbacks of a signal share one
 * listener, which is removed with the last of them: a signal may end a hundred waits, and Node.js reports more than ten
 * listeners as a leak.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = listeningTo.get(signal) ?? listen(signal);
  // A new object, because a callback may be given twice.
  const call = (): void => callback();
  callbacks.add(call);
  return () => {
    if (!callbacks.delete(call) || callbacks.size > 0) return;
    signal.removeEventListener('abort', listener);
    listeningTo.delete(signal);
  };
}

/** Settles as the promise does, or rejects with the signal's reason as soon as it aborts. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const stopListening = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(stopListening);
  });
}

function listen(signal: AbortSignal): Listening {
  const callbacks = new Set<() => void>();
  const listener = (): void => callbacks.forEach((call) => call());
  const listening = { callbacks, listener };
  listeningTo.set(signal, listening);
  signal.addEventListener('abort', listener);
  return listening;
}
