import type { Writable } from 'node:stream';
import type { Redis } from 'ioredis';

/** So many commands leave together at most: the server answers the first ones while the others are written. */
const most = 32;

/**
 * Gathers what is sent on a connection within a tick into few writes. A lone call leaves at once: nothing is under way,
 * and the last one was alone as well. (Replies to many calls come together, so that nothing is under way for a moment
 * when the first of their callers goes on.)
 */
export class WriteBatch {
  private stream: Writable | undefined;
  private size = 0;
  private wasShared = false;

  constructor(private readonly redis: Redis) {}

  /** To be called before a command is sent. */
  add(): void {
    if (this.stream) return this.grow(this.stream);
    const { stream, commandQueue } = this.redis;
    if (!stream || (commandQueue.length === 0 && !this.wasShared)) return;
    this.stream = stream as Writable;
    this.size = 1;
    this.stream.cork();
    process.nextTick(this.end);
  }

  private grow(stream: Writable): void {
    if (++this.size % most !== 0) return;
    stream.uncork();
    stream.cork();
  }

  private readonly end = (): void => {
    this.wasShared = this.size > 1;
    this.stream?.uncork();
    this.stream = undefined;
  };
}
