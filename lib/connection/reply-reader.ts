import type { Readable } from 'node:stream';
import type { Redis } from 'ioredis';
import { DriverCommand } from './driver-command.js';
import { ReplyParser } from './reply-parser.js';

type Listener = (chunk: Buffer) => void;

/** What the driver knows of a connection; one of version 5 knows no protocols. */
interface Condition {
  readonly subscriber: unknown;
  readonly protocol?: number;
}

/**
 * Reads the replies to this library's commands in place of the driver, whose own parser (that of ioredis 6) takes several
 * times as long: half of what it costs to read a list. The driver gets all others as they came: errors, which may mean
 * something to it, and the replies to what is asked for by `getClient()`.
 */
export class ReplyReader {
  private stream: unknown;

  constructor(private readonly redis: Redis) {}

  /** To be called before a command is sent: where no reply is on its way, none is half read either. */
  begin(): void {
    const { stream, commandQueue } = this.redis;
    if (stream === this.stream || commandQueue.length > 0 || !stream) return;
    this.stream = stream;
    this.standBefore(stream as unknown as Readable);
  }

  private standBefore(stream: Readable): void {
    const [driver] = stream.listeners('data') as Listener[];
    if (!driver) return;
    const parser = new ReplyParser({
      takes: (isError) => !isError && this.first() instanceof DriverCommand,
      take: (reply) => {
        const command = this.first() as DriverCommand;
        this.redis.commandQueue.shift();
        command.resolve(reply);
      },
      pass: driver,
    });
    // First ours, as a stream without listeners might stop.
    stream.prependListener('data', (chunk: Buffer) => parser.read(chunk));
    stream.removeListener('data', driver);
  }

  /** The command that is answered next, in RESP2. A connection of a subscriber gets what nobody has asked for. */
  private first(): unknown {
    const { commandQueue, condition } = this.redis as Redis & { condition?: Condition };
    if (condition?.subscriber || condition?.protocol === 3) return undefined;
    return (commandQueue.peekFront() as { command: unknown } | undefined)?.command;
  }
}
