import type { Key } from '../command-model/command.js';
import type { CommandMessage } from './command-channel.js';

/** What the messages of commands leave out where `traceKeys` is off, for views that show keys anyway. */
class CommandKeys {
  private readonly known = new WeakMap<CommandMessage, readonly Key[]>();
  private readers = 0;

  /** Keeps them while somebody reads. */
  keep(message: CommandMessage, keys: readonly Key[]): void {
    if (this.readers > 0) this.known.set(message, keys);
  }

  of(message: CommandMessage): readonly Key[] {
    return this.known.get(message) ?? [];
  }

  /** Until what it gives is called. */
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
