import { type ChildProcess, spawn } from 'node:child_process';

// Waits for a line from the process that it guards for. The end of the pipe without a line means that this process is
// gone, however it went, and takes the server and its folder along.
const guardScript = 'read -r line || { kill -KILL "$1"; rm -rf "$2"; }';

/**
 * Starts a program in a folder of its own that never outlives this process, even where this process is killed by
 * SIGKILL; the folder goes with it then.
 */
export function spawnGuarded(command: string, args: string[], folder: string): ChildProcess {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid === undefined) return child;

  // Detached: a Ctrl-C, which the terminal sends to the whole process group, must not end the guard first.
  const guard = spawn('sh', ['-c', guardScript, 'guard', String(child.pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  child.once('exit', () => guard.stdin.end('released\n'));
  return child;
}
