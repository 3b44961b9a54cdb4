import type { WireArgument, WireCommand } from '../lib/index.js';
import { RecordingPool } from './recording-pool.js';

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A pool whose replies wait for the test. */
export class SlowPool extends RecordingPool {
  onConnection(): void {
    // The test reports the changes.
  }

  override async sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    return Promise.all(await super.sendAll(commands));
  }

  override async transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    return Promise.all(await super.transaction(commands));
  }
}

/** The test answers the commands, in any order. */
export class Questions {
  private readonly open: { text: string; answer: (reply: unknown) => void }[] = [];

  readonly ask = (name: string, args: readonly WireArgument[]): Promise<unknown> =>
    new Promise((resolve) => this.open.push({ text: [name, ...args.map(String)].join(' '), answer: resolve }));

  /** Answers the oldest command with this beginning. */
  async answer(start: string, reply: unknown): Promise<void> {
    await turn();
    const index = this.open.findIndex(({ text }) => text.startsWith(start));
    if (index < 0) throw new Error(`Nobody asked for ${start}: ${this.open.map(({ text }) => text).join()}`);
    this.open.splice(index, 1)[0]!.answer(reply);
    await turn();
  }

  /** Gives the same reply to all remaining commands. */
  async answerRest(reply: unknown): Promise<void> {
    for (; this.open.length > 0; await turn()) this.open.shift()!.answer(reply);
  }
}
