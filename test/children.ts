import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<ChildProcess>();

/**
 * A child process that ends with the spec file that has started it, even if a spec fails half-way. Otherwise the run
 * would wait for the child, which may have inherited its output.
 */
export function endingWithFile<T extends ChildProcess>(child: T): T {
  if (child.pid === undefined) return child;
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Called when a file ends. */
export async function endChildren(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }),
  );
}
