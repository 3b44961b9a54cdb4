import type { Writable } from 'node:stream';
import { setImmediate } from 'node:timers';
import type { Redis } from 'ioredis';
import { DriverCommand } from './driver-command.js';
import { streamOf, unansweredBy } from './internals.js';
import { Packet } from './packet.js';

/** At most this many commands leave together: the server answers the first ones while the others are written. */
const mostCommands = 32;
/** At most this much memory is kept for a moment, and between ticks. */
const mostBytes = 64 * 1024;

// Not the global one, which tests may fake.
const atEndOfTurn = setImmediate;

type Chunk = string | Buffer | DriverCommand;

/**
 * Combines the commands sent on a connection within a turn of the event loop into few writes, including those of
 * several requests, each of which has its own event. A lone call leaves at once, if nothing is under way and the
 * previous call was alone as well. (Replies to many calls arrive together, so that nothing is under way for a moment
 * when the first of their callers continues.)
 */
export class WriteBatch implements Gathering {
  private stream: Writable | undefined;
  private write!: Writable['write'];
  private readonly packet = new Packet();
  private isOpen = false;
  private size = 0;
  /** Of these commands, those behind the first of their call. */
  private followers = 0;
  private wasShared = false;

  constructor(private readonly redis: Redis) {}

  /** Called before a command is sent. */
  add(): void {
    const stream = streamOf(this.redis);
    if (!stream) return;
    if (stream !== this.stream) this.standBefore(stream);
    if (this.isOpen) this.size++;
    else if (this.isShared) this.open(1);
  }

  /** Whether other calls are under way, or were a moment ago. */
  private get isShared(): boolean {
    return this.wasShared || unansweredBy(this.redis).length > 0;
  }

  /**
   * Everything sent from now on leaves together, with {@link flush} or at the end of the turn. Returns whether it is
   * the first of the turn: others that follow leave with it.
   */
  hold(): boolean {
    if (this.isOpen) return false;
    this.open(0);
    return true;
  }

  /**
   * As {@link hold}, for a call of so many commands: it leaves at once only where a call of one command would. Returns
   * whether that is so.
   */
  holdCall(commands: number): boolean {
    const leavesAtOnce = !this.isOpen && !this.isShared;
    if (!this.isOpen) this.open(0);
    this.followers += commands - 1;
    return leavesAtOnce;
  }

  flush(): void {
    const { packet, stream } = this;
    if (packet.length === 0 || !stream) return;
    const isLarge = packet.length > mostBytes;
    const { encoding } = packet;
    const data = packet.take();
    if (stream.writable) this.write(data, encoding);
    // As long as the stream has not passed the bytes on, they may still be read.
    if (isLarge || stream.writableLength > 0) packet.forget();
  }

  private open(size: number): void {
    this.isOpen = true;
    this.size = size;
    this.followers = 0;
    atEndOfTurn(this.end);
  }

  private readonly end = (): void => {
    try {
      this.flush();
    } catch (error) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- streams throw only errors
      this.stream?.destroy(error as Error);
    }
    this.wasShared = this.size - this.followers > 1;
    this.isOpen = false;
  };

  /** Keeps the driver's own commands in order. */
  private standBefore(stream: Writable): void {
    this.packet.forget();
    this.stream = stream;
    this.write = stream.write.bind(stream);
    Object.assign(stream, {
      takesCommands: true,
      write: (chunk: Chunk, ...more: [BufferEncoding]): boolean => {
        if (more.length > 0 && !(chunk instanceof DriverCommand)) {
          // A write of the driver itself, with its own callback.
          this.flush();
          return this.write(chunk, ...more);
        }
        if (chunk instanceof DriverCommand) chunk.encode(this.packet);
        else if (typeof chunk === 'string') this.packet.addText(chunk);
        else this.packet.addBytes(chunk);
        if (!this.isOpen || this.size % mostCommands === 0 || this.packet.length > mostBytes) this.flush();
        return true;
      },
    });
  }
}

/** Something that can gather commands. */
export interface Gathering {
  /** See {@link WriteBatch.hold}. */
  hold(): boolean;
  flush(): void;
}

/** Everything sent inside leaves together on each connection: at once, or with other commands of this turn. */
export function inOneWrite<T>(batches: readonly Gathering[], send: () => T): T {
  const first = batches.filter((batch) => batch.hold());
  try {
    return send();
  } finally {
    for (const batch of first) batch.flush();
  }
}
