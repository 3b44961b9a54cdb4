import type { Duplex } from 'node:stream';
import type { Redis } from 'ioredis';
import { DriverCommand } from './driver-command.js';
import { type DataListener, onDriverListening } from './driver-listener.js';
import { expectReply } from './expected-reply.js';
import { ReplyParser } from './reply-parser.js';

/** What the driver knows of a connection; one of version 5 knows no protocols. */
interface Condition {
  readonly subscriber: unknown;
  readonly protocol?: number;
}

/** A complaint about a single command is no reason to hang up. */
const complaint = /unknown (sub)?command|wrong number of arguments|^NOPERM\b/i;

/**
 * Reads the replies to this library's commands in place of the driver, whose own parser (that of ioredis 6) takes several
 * times as long: half of what it costs to read a list. The driver gets all others as they came: errors, which may mean
 * something to it, and the replies to what is asked for by `getClient()`. What is no reply at all, or none to what was
 * asked, ends the connection.
 */
export class ReplyReader {
  /** What the server has refused, where it has said nothing else since. */
  lastWords: string | undefined;

  constructor(private readonly redis: Redis) {
    onDriverListening(
      redis,
      (stream, driver) => this.standBefore(stream, driver),
      () => (this.lastWords = undefined),
    );
  }

  private standBefore(stream: Duplex, driver: DataListener): void {
    const { commandQueue, condition } = this.redis as Redis & { condition?: Condition };
    if (condition?.protocol === 3) return;
    const canLook = typeof commandQueue?.peekFront === 'function' && typeof commandQueue.shift === 'function';
    const parser = new ReplyParser({
      takes: (isError) => canLook && !isError && this.first() instanceof DriverCommand,
      take: (reply) => this.answer(reply),
      pass: (bytes) => handOn(stream, driver, bytes),
      inspect: (reply) => {
        if (canLook) this.inspect(reply);
      },
      refused: (words) => {
        if (!complaint.test(words)) this.lastWords = words;
      },
    });
    const read = (chunk: Buffer): void => {
      this.lastWords = undefined;
      try {
        parser.read(chunk);
      } catch (error) {
        stream.off('data', read);
        stream.destroy(error as Error);
      }
    };
    // First ours, as a stream without listeners might stop.
    stream.prependListener('data', read);
    stream.off('data', driver);
  }

  private answer(reply: unknown): void {
    const command = this.first() as DriverCommand;
    const shifted = this.redis.commandQueue.shift() as { command: unknown } | undefined;
    if (shifted?.command !== command) throw new Error('the driver has lost count of its commands');
    command.resolve(reply);
  }

  private inspect(reply: unknown): void {
    const { commandQueue, condition } = this.redis as Redis & { condition?: Condition };
    const next = commandQueue.peekFront() as { command: { name: string } } | undefined;
    expectReply(reply, next?.command.name.toLowerCase(), Boolean(condition?.subscriber));
  }

  /** The command that is answered next. A connection of a subscriber gets what nobody has asked for. */
  private first(): unknown {
    const { commandQueue, condition } = this.redis as Redis & { condition?: Condition };
    if (condition?.subscriber) return undefined;
    return (commandQueue.peekFront() as { command: unknown } | undefined)?.command;
  }
}

/** What a listener of the user throws, of a message for example, is not for this library to catch. */
function handOn(stream: Duplex, driver: DataListener, bytes: Buffer): void {
  try {
    driver.call(stream, bytes);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
