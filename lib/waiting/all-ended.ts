/** What came of each; throws what the first that failed has thrown. */
export function valuesOf<T>(outcomes: readonly PromiseSettledResult<T>[]): T[] {
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

/** As `Promise.all`, but rejects only when all have ended: nothing is done any more once a caller is told of a failure. */
export async function allEnded<T extends readonly unknown[] | []>(
  values: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(values);
  return Promise.all(values);
}
