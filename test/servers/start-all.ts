/** The results of all starts; if one fails, all started servers are stopped again. */
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
