import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CachexOptions } from '../../lib/index.js';
import { endingWithFile } from '../children.js';

const script = fileURLToPath(new URL('writer.mjs', import.meta.url));

/** Another process that writes, over its own connections. */
export class Writer {
  private constructor(private readonly child: ChildProcess) {}

  static async start(): Promise<Writer> {
    const child = endingWithFile(fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
    await once(child, 'message');
    return new Writer(child);
  }

  /** Writes go there from now on. */
  async open(options: Pick<CachexOptions, 'connection' | 'keyPrefix'>): Promise<void> {
    await this.ask(options);
  }

  /** Resolves with the time of the acknowledgement, by `now`. */
  write(key: string, value: unknown): Promise<number> {
    return this.ask({ key, value });
  }

  async end(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }

  private async ask(question: object): Promise<number> {
    this.child.send(question);
    const [acknowledgedAt] = (await once(this.child, 'message')) as [number];
    return acknowledgedAt;
  }
}

/** Milliseconds by a clock that all processes of the machine share. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;
