/** As `Promise.all`, but rejects only when all have ended: nothing is done any more once a caller is told of a failure. */
export async function allEnded<T extends readonly unknown[] | []>(
  values: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(values);
  return Promise.all(values);
}
