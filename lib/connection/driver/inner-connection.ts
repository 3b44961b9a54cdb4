import type { Redis } from 'ioredis';
import type { DriverConnection } from './driver-connection.js';
import { sendBy, streamOf, withoutSocketTimeout } from './internals.js';
import { decideReadiness } from './ready-check.js';
import type { TimedCommand } from './reply-deadlines.js';
import { ReplyReader } from './reply-reader.js';
import { WriteBatch } from './write-batch.js';

/** A connection that the library itself writes and reads: in few writes, and with its own parser. */
export class InnerConnection implements DriverConnection {
  private readonly batch: WriteBatch;
  private readonly replies: ReplyReader;

  constructor(private readonly redis: Redis) {
    this.batch = new WriteBatch(redis);
    this.replies = new ReplyReader(redis);
    decideReadiness(redis);
    // The driver would watch for silence with its own timer, started again for every reply.
    withoutSocketTimeout(redis);
  }

  get session(): unknown {
    return streamOf(this.redis);
  }

  get heard(): number {
    return this.replies.heard;
  }

  get takesCommands(): boolean {
    return streamOf(this.redis)!.writable;
  }

  get lastWords(): string | undefined {
    return this.replies.lastWords;
  }

  send(command: TimedCommand): void {
    this.batch.add();
    sendBy(this.redis, command);
  }

  hold(): boolean {
    return this.batch.hold();
  }

  holdCall(commands: number): boolean {
    return this.batch.holdCall(commands);
  }

  flush(): void {
    this.batch.flush();
  }

  cut(error?: Error): void {
    streamOf(this.redis)?.destroy(error);
  }
}
