/** The results of all; throws the error of the first that failed. */
export function valuesOf<T>(outcomes: readonly PromiseSettledResult<T>[]): T[] {
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

/**
 * Like `Promise.all`, but rejects only when all have ended: nothing runs any more when the caller learns of a failure.
 */
export async function allEnded<T extends readonly unknown[] | []>(
  values: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(values);
  return Promise.all(values);
}
