import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Writable } from 'node:stream';

// Reads the id of the process that runs in the folder; the last line counts. The end of the pipe means that the folder
// is no longer needed, or that its creator is gone, even by SIGKILL.
const guardScript = 'while read -r line; do pid=$line; done; [ -z "$pid" ] || kill -KILL "$pid"; rm -rf "$1"';

/** A fresh temporary folder that never outlives this process, and neither does the process that runs in it. */
export class GuardedFolder {
  readonly #removed: Promise<unknown>;

  private constructor(
    readonly path: string,
    private readonly guard: ChildProcess & { stdin: Writable },
  ) {
    this.#removed = once(guard, 'exit');
    guard.unref();
  }

  static async create(prefix: string): Promise<GuardedFolder> {
    const path = await mkdtemp(join(tmpdir(), prefix));
    const guard = spawn('sh', ['-c', guardScript, 'guard', path], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Ctrl-C in a terminal goes to the whole process group, and must not end the guard.
      detached: true,
    });
    return new GuardedFolder(path, guard);
  }

  /** Makes the guard end this process, too. */
  runs(child: ChildProcess): void {
    this.guard.stdin.write(`${child.pid ?? ''}\n`);
    child.once('exit', () => this.guard.stdin.write('\n'));
  }

  async remove(): Promise<void> {
    this.guard.ref();
    this.guard.stdin.end();
    await this.#removed;
  }
}
