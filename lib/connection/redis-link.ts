import type { Logger } from '@nestjs/common';
import { Command, type Redis } from 'ioredis';
import { AuthenticationError, CommandTimeoutError, ConnectionError } from '../errors/index.js';
import type { ServerNode, WireArgument, WireCommand } from './connection-pool.js';
import { isReply, withoutArguments } from './driver-errors.js';

/** Replies as Buffers: what they mean is for the reply shapes to say. */
const asBuffers = { replyEncoding: null } as const;

/** One multiplexed connection to one server, which the driver restores whenever it breaks. */
export class RedisLink implements ServerNode {
  /** Why the connection is down; `undefined` while it is not. */
  private trouble: Error | undefined;
  private closed = false;

  constructor(
    readonly redis: Redis,
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
  ) {
    // Without a listener the driver prints every failed attempt.
    redis.on('error', (error: Error) => this.down(error));
    redis.on('ready', () => this.up());
  }

  /** Resolves when the server answers. Rejects when the time is over (the attempts go on), or the password is wrong. */
  async open(timeoutMs: number): Promise<void> {
    const { redis } = this;
    if (redis.status === 'ready') return;
    let timer: NodeJS.Timeout | undefined;
    let ended: (() => void) | undefined;
    let refused: ((error: Error) => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(this.unreachable(`within ${timeoutMs} ms`)), timeoutMs);
        redis.once('ready', resolve);
        redis.once('end', (ended = () => reject(this.unreachable('as it was closed'))));
        redis.on('error', (refused = (error) => isReply(error) && reject(this.refused(error))));
        redis.connect().catch(() => undefined);
      });
    } finally {
      clearTimeout(timer);
      if (ended) redis.off('end', ended);
      if (refused) redis.off('error', refused);
    }
  }

  /** Lets what is under way end, then closes; a server that does not answer is left. */
  async close(): Promise<void> {
    const { redis } = this;
    if (redis.status === 'ready') await redis.quit().catch(() => undefined);
    this.closed = true;
    if (redis.status === 'end') return;
    const ended = new Promise<void>((resolve) => redis.once('end', resolve));
    // Between two attempts the driver has nothing to close, tells nobody, and forgets what is waiting.
    const idle = redis.status === 'wait' || redis.status === 'reconnecting';
    redis.disconnect();
    if (!idle) return ended;
    redis['flushQueue'](this.unreachable('as it was closed'));
  }

  send(name: string, args: readonly WireArgument[]): Promise<unknown> {
    if (this.closed) return Promise.reject(this.unreachable('as it was closed'));
    const command = new Command(name, args as WireArgument[], asBuffers);
    return (this.redis.sendCommand(command) as Promise<unknown>).catch((error: Error) => {
      throw this.explain(error);
    });
  }

  sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.inOneWrite(() => Promise.all(commands.map(({ name, args }) => this.send(name, args).catch(asResult))));
  }

  async transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    const { queued, executed } = this.inOneWrite(() => {
      const opened = this.send('multi', []).catch(asResult);
      const answers = commands.map(({ name, args }) => this.send(name, args).catch(asResult));
      return { queued: Promise.all([opened, ...answers]), executed: this.send('exec', []).catch(asResult) };
    });
    const [answers, results] = await Promise.all([queued, executed]);
    if (Array.isArray(results)) return results;
    // EXEC only says that something was refused; the refusal itself says what.
    throw answers.find((answer) => answer instanceof Error) ?? results ?? new Error('the transaction was discarded');
  }

  private get address(): string {
    const { path, host, port } = this.redis.options;
    return path ?? `${host}:${port}`;
  }

  private down(error: Error): void {
    if (!this.trouble) this.logger.warn(`No connection to ${this.address}, trying again: ${error.message}`);
    this.trouble = error;
  }

  private up(): void {
    if (this.trouble) this.logger.log(`Connected to ${this.address}`);
    this.trouble = undefined;
  }

  /** What the driver's error means for a caller; what the server said is left as it is. */
  private explain(error: Error): Error {
    if (isReply(error) || error instanceof ConnectionError) return error;
    if (!error.message.startsWith('Command timed out')) return this.unreachable('any more', error);
    const { commandTimeout } = this.redis.options;
    return this.redis.status === 'ready'
      ? new CommandTimeoutError(`no answer from ${this.address} within ${commandTimeout} ms`)
      : this.unreachable(`within ${commandTimeout} ms`);
  }

  private unreachable(when: string, cause: Error | undefined = this.trouble): ConnectionError {
    const why = this.trouble ? `: ${this.trouble.message}` : '';
    return new ConnectionError(`no connection to ${this.address} ${when}${why}`, { cause: withoutArguments(cause) });
  }

  private refused(error: Error): AuthenticationError {
    return new AuthenticationError(`${this.address} refused the connection: ${error.message}`);
  }

  /** Whatever is sent inside leaves in one packet. */
  private inOneWrite<T>(send: () => T): T {
    const { stream } = this.redis;
    stream?.cork();
    try {
      return send();
    } finally {
      stream?.uncork();
    }
  }
}

const asResult = (error: unknown): unknown => error;
