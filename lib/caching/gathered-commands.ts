import type { Command } from '../command-model/command.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import type { Prepared } from '../execution/prepared.js';
import type { Commands } from './entry-reader.js';

interface Waiting {
  readonly prepared: Prepared;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Sends the simultaneous commands of many keys in one round trip per server. */
export class GatheredCommands implements Commands {
  private waiting: Waiting[] = [];

  constructor(private readonly executor: Pick<CommandExecutor, 'prepare' | 'executeAll'>) {}

  execute<T>(command: Command<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const prepared = this.executor.prepare(command);
      this.waiting.push({ prepared, resolve, reject });
      // By then, everything triggered by the current event has been called.
      if (this.waiting.length === 1) process.nextTick(() => void this.send());
    });
  }

  private async send(): Promise<void> {
    const gathered = this.waiting;
    this.waiting = [];
    try {
      const outcomes = await this.executor.executeAll(gathered.map(({ prepared }) => prepared));
      for (const [index, outcome] of outcomes.entries()) {
        const { resolve, reject } = gathered[index]!;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each command has read its own answer
        if (outcome.status === 'fulfilled') resolve(outcome.value as never);
        else reject(outcome.reason);
      }
    } catch (error) {
      for (const { reject } of gathered) reject(error);
    }
  }
}
