import type { Logger } from '@nestjs/common';
import { Command, type Redis } from 'ioredis';
import { ConnectionError } from '../errors/index.js';
import type { ServerNode, WireArgument, WireCommand } from './connection-pool.js';

/** Replies as Buffers: what they mean is for the reply shapes to say. */
const asBuffers = { replyEncoding: null } as const;

/** One multiplexed connection to one server. */
export class RedisLink implements ServerNode {
  /** Why the connection is down; `undefined` while it is not. */
  private trouble: Error | undefined;

  constructor(
    readonly redis: Redis,
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
  ) {
    // Without a listener the driver prints every failed attempt.
    redis.on('error', (error: Error) => this.down(error));
    redis.on('ready', () => this.up());
  }

  /** Resolves when the server answers; the attempts go on after the time is over. */
  async open(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        const why = this.trouble ? `: ${this.trouble.message}` : '';
        reject(
          new ConnectionError(`No connection to ${this.address} within ${timeoutMs} ms${why}`, { cause: this.trouble }),
        );
      }, timeoutMs);
      this.redis.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
      this.redis.once('end', () => {
        clearTimeout(timer);
        reject(new ConnectionError(`The connection to ${this.address} was closed`));
      });
      this.redis.connect().catch(() => undefined);
    });
  }

  /** Lets what is under way end, then closes; a server that does not answer is left. */
  async close(): Promise<void> {
    const ended = this.redis.status === 'end' || this.redis.status === 'wait';
    if (this.redis.status === 'ready') await this.redis.quit().catch(() => undefined);
    this.redis.disconnect();
    if (!ended && this.redis.status !== 'end') await new Promise<void>((resolve) => this.redis.once('end', resolve));
  }

  send(name: string, args: readonly WireArgument[]): Promise<unknown> {
    const command = new Command(name, args as WireArgument[], asBuffers);
    return this.redis.sendCommand(command) as Promise<unknown>;
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
    throw answers.find((answer) => answer instanceof Error) ?? results;
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
