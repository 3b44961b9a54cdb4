import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

const all = cpus().length;

function canPin() {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return all > 1;
  } catch {
    return false;
  }
}

/** Whether processes can be pinned to processors: on Linux, with two processors and `taskset`. */
export const isPinned = canPin();

/**
 * Where a process runs. If the kernel moves client and server about, a call takes four times as long whenever one has
 * to wake the other's processor. So servers have the first processor, and clients the second. A client that waits for
 * each answer shares the server's, because the two never run at once; a contender with threads of its own may use all.
 */
export const places = { server: '0', client: '1', beside: '0', everywhere: `0-${all - 1}` };

/** Pins all threads of a process. */
export function pin(pid, place) {
  if (isPinned) execFileSync('taskset', ['-a', '-c', '-p', places[place], String(pid)], { stdio: 'ignore' });
}
