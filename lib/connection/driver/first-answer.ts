export type Ask<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Asks one after the other, the next as soon as one fails or has been silent for a while; the first answer counts. If
 * all fail, rejects with the error of the first.
 */
export async function firstAnswer<T>(asks: readonly Ask<T>[], slowMs: number, signal: AbortSignal): Promise<T> {
  const answers: Promise<T>[] = [];
  for (const ask of asks) {
    if (signal.aborted) break;
    answers.push(ask(signal));
    if (await isOneHere(answers, slowMs)) break;
  }
  return Promise.any(answers).catch(({ errors }: AggregateError) => {
    throw errors[0] ?? new Error('there is no node to ask');
  });
}

/** `false` as soon as the last of them fails, or nothing has arrived for a while. */
function isOneHere(answers: readonly Promise<unknown>[], slowMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, slowMs, false);
    const end = (isHere: boolean): void => {
      clearTimeout(timer);
      resolve(isHere);
    };
    for (const answer of answers) {
      answer.then(
        () => end(true),
        () => answer === answers.at(-1) && end(false),
      );
    }
  });
}
