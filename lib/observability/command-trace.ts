import { commandChannel, type CommandMessage } from './command-channel.js';

/** Reports the events of a command itself, because `tracePromise` would publish the result: a value. */
export class CommandTrace {
  private hasStarted = false;

  constructor(
    private readonly message: CommandMessage,
    private readonly tellsKeys: boolean,
  ) {}

  /** Called when the command is really sent; unsent commands are not reported. */
  start<T>(send: () => Promise<T>): Promise<T> {
    this.hasStarted = true;
    return commandChannel.start.runStores(this.message, () => {
      try {
        return send();
      } finally {
        commandChannel.end.publish(this.message);
      }
    });
  }

  /** The command, or one of several, has failed. */
  fail(error: Error, ignored: boolean): void {
    if (this.message.error) return;
    const { name, code } = error as Error & { readonly code?: string };
    this.message.error = this.tellsKeys ? error : { name, code, message: `${this.message.command} failed` };
    this.message.ignored = ignored;
  }

  end(): void {
    if (!this.hasStarted) return;
    if (this.message.error) commandChannel.error.publish(this.message);
    commandChannel.asyncStart.publish(this.message);
    commandChannel.asyncEnd.publish(this.message);
  }
}
