import type { Logger } from '@nestjs/common';
import type { Redis, RedisOptions } from 'ioredis';
import type { ServerNode, WireArgument, WireCommand } from '../../wire/connection-pool.js';
import { Demotion } from './demotion.js';
import { Link } from './link.js';
import { failQueued, sendBy, streamOf, withoutSocketTimeout } from '../driver/internals.js';
import { longestTimerMs } from '../../waiting/pause.js';
import { peerOf } from '../driver/peer.js';
import { letInfoBeRefused } from '../driver/ready-check.js';
import { ReplyDeadlines, TimedCommand } from '../driver/reply-deadlines.js';
import { ReplyReader } from '../driver/reply-reader.js';
import { ServerLook } from './server-look.js';
import { inOneWrite, WriteBatch } from '../driver/write-batch.js';

/** One multiplexed connection to one server, which the driver restores whenever it breaks. */
export class RedisLink extends Link implements ServerNode {
  readonly address: string;
  readonly deadlines: ReplyDeadlines;
  readonly batch: WriteBatch;
  private readonly replies: ReplyReader;
  readonly demotion: Demotion;
  /** What the server is. */
  readonly look = new ServerLook(this);
  private readonly timeoutMs: number | undefined;
  /** The stream on which MULTI is known to work. */
  private transactional: unknown;
  private left: unknown;

  constructor(
    readonly redis: Redis,
    logger: Pick<Logger, 'warn' | 'log'>,
    /** Who is to leave a server that says it is a replica; left out, this connection. One to a replica stays. */
    demotion?: Demotion,
  ) {
    const { commandTimeout = longestTimerMs, socketTimeout = Infinity } = redis.options;
    super(redis, commandTimeout, logger);
    this.timeoutMs = redis.options.commandTimeout;
    this.address = addressOf(redis.options);
    this.deadlines = new ReplyDeadlines(redis, Math.max(0, socketTimeout - commandTimeout));
    this.batch = new WriteBatch(redis);
    this.replies = new ReplyReader(redis);
    letInfoBeRefused(redis);
    // The driver would look for silence with a timer of its own, and anew for every reply.
    withoutSocketTimeout(redis);
    this.demotion = demotion ?? new Demotion(() => this.leave());
    this.demotion.watch(redis);
  }

  /** The server that the connection is to at the moment. */
  get peer(): string {
    return peerOf(this.redis);
  }

  /** What tells the server from others: behind Sentinels one address stands for whatever is the primary. */
  get server(): string {
    return this.redis.options.sentinels ? this.peer : this.address;
  }

  /** Leaves the server, or the attempt to reach it, and makes the connection anew at once: to where it leads then. */
  remake(): void {
    const { redis } = this;
    const isEstablished = redis.status === 'ready';
    this.expectReturn();
    redis.once('reconnecting', () => void redis.connect().catch(() => undefined));
    redis.disconnect(true);
    if (!isEstablished) streamOf(redis)?.destroy();
  }

  /** Within `ms`, where it is told; otherwise within `commandTimeout`. */
  send({ name, args }: WireCommand, ms?: number): Promise<unknown> {
    return this.whenReady((leftMs = ms) => this.request(name, args, leftMs), ms);
  }

  sendAll(commands: readonly WireCommand[], ms?: number): Promise<unknown[]> {
    return this.whenReady(
      (leftMs = ms) =>
        inOneWrite([this.batch], () => Promise.all(commands.map(({ name, args }) => this.outcome(name, args, leftMs)))),
      ms,
    ).catch((error) => commands.map(() => error));
  }

  /** `asking` where the slot is on its way to this server. */
  transaction(commands: readonly WireCommand[], asking = false, ms?: number): Promise<unknown[]> {
    return this.whenReady((leftMs = ms) => this.transact(commands, asking, leftMs), ms);
  }

  /** Whether calls wait for the connection, or for replies that are late. */
  get isMissed(): boolean {
    return this.isAwaited || this.deadlines.isSilent;
  }

  /** Hands a command to the driver: the one way by which commands of the library leave. */
  dispatch(command: TimedCommand): void {
    this.batch.add();
    sendBy(this.redis, command);
  }

  /** Connects anew, to whatever server there is then, once all that was sent is answered. */
  leave(): void {
    const { redis } = this;
    if (!this.canSend() || isToReplica(redis.options)) return;
    this.batch.flush();
    const left = (this.left = streamOf(redis));
    const connectAnew = (): void => {
      if (streamOf(redis) === left) redis.disconnect(true);
    };
    redis.ping().then(connectAnew, connectAnew);
  }

  /** What is sent on a connection that is about to close would be kept by the driver, and sent however late. */
  protected override canSend(): boolean {
    if (!super.canSend()) return false;
    const stream = streamOf(this.redis);
    return stream !== this.left && stream!.writable;
  }

  protected override get lastWords(): string | undefined {
    return this.replies.lastWords;
  }

  protected hasConnection(): boolean {
    return this.redis.status !== 'wait' && this.redis.status !== 'reconnecting';
  }

  protected connections(): readonly Redis[] {
    return [this.redis];
  }

  protected forgetQueue(error: Error): void {
    failQueued(this.redis, error);
  }

  private async transact(commands: readonly WireCommand[], asking: boolean, leftMs?: number): Promise<unknown[]> {
    if (streamOf(this.redis) !== this.transactional) {
      const startedAt = performance.now();
      await this.tryTransaction(leftMs);
      const timeoutMs = leftMs ?? this.timeoutMs;
      // The connection may be another one by now.
      const restMs = timeoutMs === undefined ? undefined : Math.max(1, timeoutMs - (performance.now() - startedAt));
      return this.transaction(commands, asking, restMs);
    }
    const [answers, results] = await inOneWrite([this.batch], () => {
      if (asking) this.ask(leftMs);
      const opened = this.outcome('multi', [], leftMs);
      const queued = commands.map(({ name, args }) => this.outcome(name, args, leftMs));
      return Promise.all([Promise.all([opened, ...queued]), this.outcome('exec', [], leftMs)]);
    });
    if (Array.isArray(results)) {
      this.demotion.hearAll(results);
      return results;
    }
    // EXEC only says that something was refused; the refusal itself says what.
    throw answers.find((answer) => answer instanceof Error) ?? results ?? new Error('the transaction was discarded');
  }

  /** Once per connection: where MULTI is refused, the commands behind it would be carried out one by one. */
  private async tryTransaction(leftMs?: number): Promise<void> {
    const stream = streamOf(this.redis);
    const [opened] = await inOneWrite([this.batch], () =>
      Promise.all([this.outcome('multi', [], leftMs), this.outcome('discard', [], leftMs)]),
    );
    if (opened instanceof Error) throw opened;
    this.transactional = stream;
  }

  /** The next command is answered although the slot has not arrived yet: what it is told says whether it was. */
  ask(leftMs?: number): void {
    void this.outcome('asking', [], leftMs);
  }

  private request(
    name: string,
    args: readonly WireArgument[],
    leftMs?: number,
    givesErrors?: boolean,
  ): Promise<unknown> {
    const command = new TimedCommand(name, args, this, givesErrors);
    const timeoutMs = leftMs ?? this.timeoutMs;
    if (timeoutMs !== undefined) command.setTimeout(timeoutMs);
    this.dispatch(command);
    return command.promise;
  }

  /** The reply, or the error as a result. */
  private outcome(name: string, args: readonly WireArgument[], leftMs?: number): Promise<unknown> {
    return this.request(name, args, leftMs, true);
  }
}

const isToReplica = ({ role, readOnly }: RedisOptions): boolean => role === 'slave' || readOnly === true;

function addressOf({ path, host, port, name, role, sentinels }: RedisOptions): string {
  if (!sentinels?.length) return path ?? `${host}:${port}`;
  const server = role === 'slave' ? 'a replica' : 'the primary';
  return `${server} of ${name} (Sentinels ${sentinels.map((each) => `${each.host}:${each.port}`).join(', ')})`;
}
