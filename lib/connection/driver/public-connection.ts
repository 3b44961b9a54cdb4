import type { Redis } from 'ioredis';
import type { DriverConnection } from './driver-connection.js';
import { isReply } from './driver-errors.js';
import { decideReadiness } from './ready-check.js';
import { ReplyTimeout, type TimedCommand } from './reply-deadlines.js';

/** A connection that the driver writes and reads, with a call of the driver per command. */
export class PublicConnection implements DriverConnection {
  session: unknown = {};
  heard = 0;
  readonly lastWords = undefined;
  /** Commands fail when it has closed if they are sent meanwhile, and nobody knows whether they have left. */
  takesCommands = true;

  constructor(private readonly redis: Redis) {
    decideReadiness(redis);
    redis.on('connect', () => (this.takesCommands = true));
    redis.on('close', () => (this.session = {}));
    // The driver does not report that a connection is closing, and the connection may still get ready.
    const disconnect = redis.disconnect.bind(redis);
    redis.disconnect = (reconnect) => {
      this.takesCommands = false;
      disconnect(reconnect);
    };
    const quit = redis.quit.bind(redis);
    redis.quit = (callback) => {
      this.takesCommands = false;
      return quit(callback);
    };
  }

  send(command: TimedCommand): void {
    command.wasSent = true;
    void this.call(command);
  }

  private async call(command: TimedCommand): Promise<void> {
    try {
      // In capitals, as in Redis: the driver knows some commands in lower case, and changes the shape of their replies.
      const reply = await this.redis.callBuffer(command.name.toUpperCase(), [...command.args]);
      this.heard++;
      command.resolve(reply);
    } catch (error) {
      const isAnswer = isReply(error);
      if (isAnswer) this.heard++;
      // The driver has a timer for each command; its error about it is not for our callers.
      const isLate = !isAnswer && command.deadline !== undefined && performance.now() > command.deadline - 2;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects with errors only
      command.reject(isLate ? new ReplyTimeout() : (error as Error));
    }
  }

  hold(): boolean {
    return false;
  }

  holdCall(): boolean {
    return false;
  }

  flush(): void {}

  /** Within `disconnectTimeout` if the server does not close its side. */
  cut(): void {
    this.redis.disconnect(true);
  }
}
