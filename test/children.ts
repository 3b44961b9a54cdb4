import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<ChildProcess>();

/**
 * A process that does not outlive the file of specs that has started it, also where one of them fails half-way: it may
 * have inherited the output of the run, which waits for the end of that.
 */
export function endingWithFile<T extends ChildProcess>(child: T): T {
  if (child.pid === undefined) return child;
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Called when a file is over. */
export async function endChildren(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }),
  );
}
