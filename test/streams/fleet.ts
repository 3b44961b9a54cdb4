import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { endingWithFile } from '../children.js';
import { waitFor } from '../servers/wait-for.js';
import { fileURLToPath } from 'node:url';
import type { CachexOptions } from '../../lib/index.js';

const script = fileURLToPath(new URL('consumer.mjs', import.meta.url));

/** Processes that consume the same stream. */
export class Fleet {
  private readonly members: ChildProcess[] = [];

  constructor(private readonly options: Pick<CachexOptions, 'connection' | 'keyPrefix'>) {}

  /** The running processes. */
  get running(): ChildProcess[] {
    return this.members.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  }

  /** Resolves when the process consumes. */
  async add(): Promise<ChildProcess> {
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
    const member = endingWithFile(fork(script, [JSON.stringify(this.options)], { stdio: [...stdio] }));
    this.members.push(member);
    await once(member, 'message');
    return member;
  }

  async endAll(signal: NodeJS.Signals): Promise<void> {
    await Promise.all(this.running.map((member) => end(member, signal)));
  }
}

export async function end(member: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(member, 'exit');
  member.kill(signal);
  await exited;
}

/** Freezes a member while it has unfinished work. */
export async function caughtAtWork(member: ChildProcess, isAtWork: () => Promise<boolean>): Promise<void> {
  await waitFor(
    async () => {
      member.kill('SIGSTOP');
      if (await isAtWork()) return true;
      member.kill('SIGCONT');
      return false;
    },
    { what: 'a member at work', every: 5, timeout: 60_000 },
  );
}
