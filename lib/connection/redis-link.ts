import type { Logger } from '@nestjs/common';
import { Command, type Redis } from 'ioredis';
import { AuthenticationError, CommandTimeoutError, ConnectionError } from '../errors/index.js';
import type { ServerNode, WireArgument, WireCommand } from './connection-pool.js';
import { isReply, withoutArguments } from './driver-errors.js';
import { WaitingCalls } from './waiting-calls.js';

/** Replies as Buffers: what they mean is for the reply shapes to say. */
const asBuffers = { replyEncoding: null } as const;

/**
 * One multiplexed connection to one server, which the driver restores whenever it breaks. A call made without a
 * connection waits for the attempt under way, `commandTimeout` at most; once an attempt has failed, calls fail at once
 * until one succeeds.
 */
export class RedisLink implements ServerNode {
  /** Why the connection is down; `undefined` while it is not. */
  private trouble: Error | undefined;
  /** What the server refused when the connection was set up: the driver would go on, in another database for example. */
  private refusal: Error | undefined;
  private hasFailed = false;
  private wasReady = false;
  private closed = false;
  private readonly waiting = new WaitingCalls();

  constructor(
    readonly redis: Redis,
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
  ) {
    // Without a listener the driver prints every failed attempt.
    redis.on('error', (error: Error) => this.down(error));
    redis.on('connect', () => (this.refusal = undefined));
    redis.on('ready', () => this.up());
    redis.on('close', () => this.lost());
    redis.on('end', () => this.fail());
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
    this.closed = true;
    this.fail();
    if (redis.status === 'ready') await redis.quit().catch(() => undefined);
    if (redis.status === 'end') return;
    const ended = new Promise<void>((resolve) => redis.once('end', resolve));
    // Between two attempts the driver has nothing to close, tells nobody, and forgets what is waiting.
    const idle = redis.status === 'wait' || redis.status === 'reconnecting';
    redis.disconnect();
    if (!idle) return ended;
    redis['flushQueue'](this.hopeless());
  }

  send({ name, args }: WireCommand): Promise<unknown> {
    return this.whenReady((leftMs) => this.dispatch(name, args, leftMs));
  }

  sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.whenReady((leftMs) =>
      this.inOneWrite(() => Promise.all(commands.map(({ name, args }) => this.outcome(name, args, leftMs)))),
    ).catch((error) => commands.map(() => error));
  }

  transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.whenReady((leftMs) => this.transact(commands, leftMs));
  }

  private async transact(commands: readonly WireCommand[], leftMs?: number): Promise<unknown[]> {
    const [answers, results] = await this.inOneWrite(() => {
      const opened = this.outcome('multi', [], leftMs);
      const queued = commands.map(({ name, args }) => this.outcome(name, args, leftMs));
      return Promise.all([Promise.all([opened, ...queued]), this.outcome('exec', [], leftMs)]);
    });
    if (Array.isArray(results)) return results;
    // EXEC only says that something was refused; the refusal itself says what.
    throw answers.find((answer) => answer instanceof Error) ?? results ?? new Error('the transaction was discarded');
  }

  /** Sends now, or when there is a connection, as far as that can be hoped for; always as a whole. */
  private whenReady<T>(send: (leftMs?: number) => Promise<T>): Promise<T> {
    const { redis } = this;
    if (this.hasFailed || redis.status === 'end') return Promise.reject(this.hopeless());
    if (redis.status === 'ready' && this.waiting.isEmpty) return send();
    if (redis.status === 'wait') redis.connect().catch(() => undefined);
    const ms = redis.options.commandTimeout ?? noTimeout;
    return this.waiting.add(ms, send, () => this.unreachable(`within ${ms} ms`));
  }

  private dispatch(name: string, args: readonly WireArgument[], leftMs?: number): Promise<unknown> {
    const command = new Command(name, args as WireArgument[], asBuffers);
    // The driver leaves a timeout that is set as it is.
    if (leftMs !== undefined) command.setTimeout(leftMs);
    return (this.redis.sendCommand(command) as Promise<unknown>).catch((error: Error) => {
      throw this.explain(error);
    });
  }

  /** The reply, or the error as a result. */
  private outcome(name: string, args: readonly WireArgument[], leftMs?: number): Promise<unknown> {
    return this.dispatch(name, args, leftMs).catch((error: unknown) => error);
  }

  get address(): string {
    const { path, host, port } = this.redis.options;
    return path ?? `${host}:${port}`;
  }

  private down(error: Error): void {
    if (!this.trouble) this.logger.warn(`No connection to ${this.address}, trying again: ${error.message}`);
    this.trouble = error;
    if (this.redis.status === 'connect' && isReply(error)) this.refusal = error;
    if (this.redis.status !== 'ready') this.fail();
  }

  private up(): void {
    this.wasReady = true;
    if (this.refusal || this.closed) return;
    if (this.trouble) this.logger.log(`Connected to ${this.address}`);
    this.trouble = undefined;
    this.hasFailed = false;
    this.waiting.sendAll();
  }

  /** The first attempt after a loss may well succeed, and calls wait for it. */
  private lost(): void {
    if (!this.wasReady) this.fail();
    this.wasReady = false;
  }

  private fail(): void {
    this.hasFailed = true;
    this.waiting.failAll(this.hopeless());
  }

  /** What calls get while attempts to connect fail, or there will be none. */
  private hopeless(): Error {
    if (this.closed) return this.unreachable('as it was closed');
    return this.trouble && isReply(this.trouble) ? this.trouble : this.unreachable('now');
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

/** The longest that a timer can wait. */
const noTimeout = 2 ** 31 - 1;
