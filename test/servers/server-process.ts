import { once } from 'node:events';
import { type ChildProcess, spawn } from 'node:child_process';
import { type GuardedFolder } from './guarded-folder.js';

const startTimeout = 10_000;
const outputKept = 20_000;

/** One run of a server program, from its start to its end. */
export class ServerProcess {
  readonly exited: Promise<unknown>;
  #output = '';

  private constructor(private readonly child: ChildProcess) {
    this.exited = child.pid === undefined ? Promise.resolve() : once(child, 'exit');
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-outputKept)));
    }
  }

  /** Resolves as soon as the output matches `ready`; rejects with the output if the program ends first. */
  static async start(command: string, args: string[], folder: GuardedFolder, ready: RegExp): Promise<ServerProcess> {
    const child = spawn(command, args, { cwd: folder.path, stdio: ['ignore', 'pipe', 'pipe'] });
    folder.runs(child);
    const started = new ServerProcess(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), startTimeout);
    try {
      await new Promise<void>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', () => reject(new Error(`${command} did not start:\n${started.output}`)));
        child.stdout?.on('data', () => ready.test(started.output) && resolve());
      });
    } finally {
      clearTimeout(timer);
    }
    return started;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The end of the program's output. */
  get output(): string {
    return this.#output;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
