import type { Key } from '../command-model/command.js';
import type { CommandMessage } from './command-channel.js';

/** The keys of command messages, which leave them out without `traceKeys`, for views that show keys anyway. */
class CommandKeys {
  private readonly known = new WeakMap<CommandMessage, readonly Key[]>();
  private readers = 0;

  /** Keeps the keys only while a reader exists. */
  keep(message: CommandMessage, keys: readonly Key[]): void {
    if (this.readers > 0) this.known.set(message, keys);
  }

  of(message: CommandMessage): readonly Key[] {
    return this.known.get(message) ?? [];
  }

  /** Keys are kept until the returned function is called. */
  read(): () => void {
    let isReading = true;
    this.readers++;
    return () => {
      if (isReading) this.readers--;
      isReading = false;
    };
  }
}

export const commandKeys = new CommandKeys();
