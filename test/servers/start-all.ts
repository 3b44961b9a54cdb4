/** What the starts give, all of it; where one fails, what has started is stopped again. */
export async function startAll<T extends { stop(): Promise<void> }>(starts: Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(starts);
  const started = results.filter((result) => result.status === 'fulfilled').map((result) => result.value);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await stopAll(started);
    throw failed.reason;
  }
  return started;
}

export async function stopAll(started: { stop(): Promise<void> }[]): Promise<void> {
  await Promise.all(started.map((each) => each.stop()));
}
