import type { Logger } from '@nestjs/common';
import type { Redis, RedisOptions } from 'ioredis';
import type { ServerNode, WireArgument, WireCommand } from '../../wire/connection-pool.js';
import { Demotion } from './demotion.js';
import { Link } from './link.js';
import { connectionOf } from '../driver/connection-of.js';
import type { DriverConnection } from '../driver/driver-connection.js';
import { forgetQueue } from '../driver/forget-queue.js';
import { longestTimerMs } from '../../waiting/pause.js';
import { isFalseAlarm } from '../driver/open-redis.js';
import { peerOf } from '../driver/peer.js';
import { ReplyDeadlines, TimedCommand } from '../driver/reply-deadlines.js';
import { ServerLook } from './server-look.js';
import { inOneWrite } from '../driver/write-batch.js';

/** One multiplexed connection to one server, which the driver restores whenever it breaks. */
export class RedisLink extends Link implements ServerNode {
  readonly address: string;
  readonly deadlines: ReplyDeadlines;
  readonly connection: DriverConnection;
  readonly demotion: Demotion;
  /** What the server is. */
  readonly look = new ServerLook(this);
  private readonly timeoutMs: number | undefined;
  /** The session in which MULTI is known to work. */
  private transactional: unknown;
  /** The session that is to end. */
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
    this.connection = connectionOf(redis);
    this.deadlines = new ReplyDeadlines(this.connection, Math.max(0, socketTimeout - commandTimeout));
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
    this.left = this.connection.session;
    redis.disconnect(true);
    if (!isEstablished) this.connection.cut();
  }

  /** Within `ms`, where it is told; otherwise within `commandTimeout`. */
  send({ name, args }: WireCommand, ms?: number): Promise<unknown> {
    return this.whenReady((leftMs = ms) => this.request(name, args, leftMs), ms);
  }

  sendAll(commands: readonly WireCommand[], ms?: number): Promise<unknown[]> {
    return this.whenReady(
      (leftMs = ms) =>
        inOneWrite([this.connection], () =>
          Promise.all(commands.map(({ name, args }) => this.outcome(name, args, leftMs))),
        ),
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
    this.connection.send(command);
  }

  /** Connects anew, to whatever server there is then, once all that was sent is answered. */
  leave(): void {
    const { redis, connection } = this;
    if (!this.canSend() || isToReplica(redis.options)) return;
    connection.flush();
    const left = (this.left = connection.session);
    const connectAnew = (): void => {
      if (connection.session === left) redis.disconnect(true);
    };
    redis.ping().then(connectAnew, connectAnew);
  }

  /** What is sent on a connection that is about to close would be kept by the driver, and sent however late. */
  protected override canSend(): boolean {
    const { connection } = this;
    return super.canSend() && connection.session !== this.left && connection.takesCommands;
  }

  protected override isFalseAlarm(error: Error): boolean {
    return isFalseAlarm(this.redis, error);
  }

  protected override get lastWords(): string | undefined {
    return this.connection.lastWords;
  }

  protected hasConnection(): boolean {
    return this.redis.status !== 'wait' && this.redis.status !== 'reconnecting';
  }

  /** Ends the connection at once; the driver makes another one, unless it was told not to. */
  cut(): void {
    this.connection.cut();
  }

  protected forgetQueue(error: Error): void {
    forgetQueue(this.redis, error);
  }

  private async transact(commands: readonly WireCommand[], asking: boolean, leftMs?: number): Promise<unknown[]> {
    if (this.connection.session !== this.transactional) {
      const startedAt = performance.now();
      await this.tryTransaction(leftMs);
      const timeoutMs = leftMs ?? this.timeoutMs;
      // The connection may be another one by now.
      const restMs = timeoutMs === undefined ? undefined : Math.max(1, timeoutMs - (performance.now() - startedAt));
      return this.transaction(commands, asking, restMs);
    }
    const [answers, results] = await inOneWrite([this.connection], () => {
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
    const { session } = this.connection;
    const [opened] = await inOneWrite([this.connection], () =>
      Promise.all([this.outcome('multi', [], leftMs), this.outcome('discard', [], leftMs)]),
    );
    if (opened instanceof Error) throw opened;
    this.transactional = session;
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
