import type { Duplex } from 'node:stream';
import type { Redis } from 'ioredis';
import { ofOneCommand } from '../../wire/server-errors.js';
import { DriverCommand } from './driver-command.js';
import { type DataListener, onDriverListening } from './driver-listener.js';
import { expectReply } from './expected-reply.js';
import { conditionOf, unansweredBy } from './internals.js';
import { ReplyParser } from './reply-parser.js';

/**
 * Reads the replies to this library's commands in place of the driver, whose own parser (that of ioredis 6) takes
 * several times as long: half of the cost of reading a list. The driver gets all others unchanged: errors, which may
 * mean something to it, and replies to commands of `getClient()`. Bytes that are not a reply, or a reply to no command,
 * end the connection.
 */
export class ReplyReader {
  /** The server's last refusal, if it has said nothing since. */
  lastWords: string | undefined;
  /** The number of replies received, on all connections of this client. */
  heard = 0;

  constructor(private readonly redis: Redis) {
    onDriverListening(
      redis,
      (stream, driver) => this.standBefore(stream, driver),
      () => (this.lastWords = undefined),
    );
  }

  private standBefore(stream: Duplex, driver: DataListener): void {
    if (conditionOf(this.redis)?.protocol === 3) return;
    const parser = new ReplyParser({
      takes: (isError) => !isError && this.first() instanceof DriverCommand,
      take: (reply) => this.answer(reply),
      pass: (bytes) => handOn(stream, driver, bytes),
      inspect: (reply) => {
        this.heard++;
        this.inspect(reply);
      },
      refused: (words) => {
        if (!ofOneCommand.test(words)) this.lastWords = words;
      },
    });
    const read = (chunk: Buffer): void => {
      this.lastWords = undefined;
      try {
        parser.read(chunk);
      } catch (error) {
        stream.off('data', read);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser and its users throw only errors
        stream.destroy(error as Error);
      }
    };
    // Ours first, as a stream without listeners might stop.
    stream.prependListener('data', read);
    stream.off('data', driver);
  }

  private answer(reply: unknown): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `takes` has checked it
    const command = this.first() as DriverCommand;
    if (unansweredBy(this.redis).shift()?.command !== command)
      throw new Error('the driver has lost count of its commands');
    this.heard++;
    command.resolve(reply);
  }

  private inspect(reply: unknown): void {
    const next = unansweredBy(this.redis).peekFront();
    expectReply(reply, next?.command.name.toLowerCase(), Boolean(conditionOf(this.redis)?.subscriber));
  }

  /** The command that is answered next. On a subscriber's connection, data arrives that no command asked for. */
  private first(): unknown {
    if (conditionOf(this.redis)?.subscriber) return undefined;
    return unansweredBy(this.redis).peekFront()?.command;
  }
}

/** Errors thrown by a user's listener, such as one for messages, are not for this library to catch. */
function handOn(stream: Duplex, driver: DataListener, bytes: Buffer): void {
  try {
    driver.call(stream, bytes);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
