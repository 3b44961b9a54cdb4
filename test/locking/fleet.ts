import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CachexOptions } from '../../lib/index.js';
import { endingWithFile } from '../children.js';
import { waitFor } from '../servers/wait-for.js';

const script = fileURLToPath(new URL('worker.mjs', import.meta.url));

interface Message {
  ready?: boolean;
  aborted?: string;
  reason?: string;
  id?: number;
  answer?: unknown;
  error?: string;
  message?: string;
}

/** One process of a fleet. */
export class Worker {
  /** The handles whose signals have aborted, with the reasons. */
  readonly aborted: { name: string; reason: string }[] = [];
  private readonly calls = new Map<number, (message: Message) => void>();
  private serial = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message: Message) => {
      if (message.aborted !== undefined) this.aborted.push({ name: message.aborted, reason: message.reason! });
      if (message.id !== undefined) this.calls.get(message.id)?.(message);
    });
  }

  static async start(connection: CachexOptions['connection'], keyPrefix: string): Promise<Worker> {
    const child = fork(script, [JSON.stringify(connection), keyPrefix], { stdio: 'inherit' });
    const worker = new Worker(endingWithFile(child));
    await once(worker.child, 'message');
    return worker;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async call<T>(call: string, args: object = {}): Promise<T> {
    const id = ++this.serial;
    const message = await new Promise<Message>((resolve) => {
      this.calls.set(id, resolve);
      this.child.send({ id, call, args });
    });
    if (message.error !== undefined) throw new Error(`${message.error}: ${message.message}`);
    return message.answer as T;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Resolves with the exit code when the process has ended by itself. */
  async ended(): Promise<number | null> {
    await waitFor(() => !this.isRunning, { what: 'the process to end by itself' });
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}
