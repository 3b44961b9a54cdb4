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

/** Whether processes are kept to processors: on Linux, with two of them and `taskset`. */
export const isPinned = canPin();

/**
 * Where a process runs. Left to itself, the kernel moves client and server about, and a call takes four times as long
 * whenever each has to wake the other's processor. So servers have the first one, and clients the second; a client that
 * waits for each answer shares the server's, as the two never run at once; one with threads of its own may use all.
 */
export const places = { server: '0', client: '1', beside: '0', everywhere: `0-${all - 1}` };

/** Keeps all threads of a process to a place. */
export function pin(pid, place) {
  if (isPinned) execFileSync('taskset', ['-a', '-c', '-p', places[place], String(pid)], { stdio: 'ignore' });
}
