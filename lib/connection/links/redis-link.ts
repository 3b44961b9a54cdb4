import type { Logger } from '@nestjs/common';
import type { Redis, RedisOptions } from 'ioredis';
import type { ServerNode, WireArgument, WireCommand } from '../../wire/connection-pool.js';
import { Demotion } from './demotion.js';
import { Link } from './link.js';
import { connectionOf } from '../driver/connection-of.js';
import type { DriverConnection } from '../driver/driver-connection.js';
import { forgetQueue } from '../driver/forget-queue.js';
import { GatheredReplies } from '../driver/gathered-replies.js';
import { longestTimerMs } from '../../waiting/pause.js';
import { isFalseAlarm } from '../driver/open-redis.js';
import { peerOf } from '../driver/peer.js';
import { ReplyDeadlines, TimedCommand } from '../driver/reply-deadlines.js';
import { ServerLook } from './server-look.js';
import { inOneWrite } from '../driver/write-batch.js';

/** One multiplexed connection to one server; the driver restores it whenever it breaks. */
export class RedisLink extends Link implements ServerNode {
  readonly address: string;
  readonly deadlines: ReplyDeadlines;
  readonly connection: DriverConnection;
  readonly demotion: Demotion;
  /** The server's product and version. */
  readonly look = new ServerLook(this);
  private readonly timeoutMs: number | undefined;
  /** The session in which MULTI is known to work. */
  private transactional: unknown;
  /** The session that is about to end. */
  private left: unknown;

  constructor(
    readonly redis: Redis,
    logger: Pick<Logger, 'warn' | 'log'>,
    /**
     * Reconnects when the server says that it is a replica; by default this connection alone. A connection to a replica
     * stays.
     */
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

  /** The server that the connection currently leads to. */
  get peer(): string {
    return peerOf(this.redis);
  }

  /** Distinguishes the server from others: behind Sentinels one address stands for whichever server is the primary. */
  get server(): string {
    return this.redis.options.sentinels ? this.peer : this.address;
  }

  /** Leaves the server, or the attempt to reach it, and reconnects at once: to wherever the address leads then. */
  remake(): void {
    const { redis } = this;
    const isEstablished = redis.status === 'ready';
    this.expectReturn();
    redis.once('reconnecting', () => void redis.connect().catch(() => undefined));
    this.left = this.connection.session;
    redis.disconnect(true);
    if (!isEstablished) this.connection.cut();
  }

  /** Within `ms` if given, otherwise within `commandTimeout`. */
  send({ name, args }: WireCommand, ms?: number): Promise<unknown> {
    if (this.sendsNow) return this.request(name, args, ms);
    return this.whenReady((leftMs = ms) => this.request(name, args, leftMs), ms);
  }

  sendAll(commands: readonly WireCommand[], ms?: number): Promise<unknown[]> {
    if (this.sendsNow) return this.requestAll(commands, ms);
    return this.whenReady((leftMs = ms) => this.requestAll(commands, leftMs), ms).catch((error) =>
      commands.map(() => error),
    );
  }

  /** `asking` if the slot is being moved to this server. */
  transaction(commands: readonly WireCommand[], asking = false, ms?: number): Promise<unknown[]> {
    return this.whenReady((leftMs = ms) => this.transact(commands, asking, leftMs), ms);
  }

  /** Whether calls wait for the connection, or for late replies. */
  get isMissed(): boolean {
    return this.isAwaited || this.deadlines.isSilent;
  }

  /** Hands a command to the driver: the only way for commands of the library. */
  dispatch(command: TimedCommand): void {
    this.connection.send(command);
  }

  /** Reconnects, to whichever server is there then, once everything sent is answered. */
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

  /** On a connection that is about to close, the driver would keep a command and send it however late. */
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
    const answers = await inOneWrite([this.connection], () => {
      if (asking) this.ask(leftMs);
      return this.requestAll([multi, ...commands, exec], leftMs);
    });
    const results = answers.pop();
    if (Array.isArray(results)) {
      this.demotion.hearAll(results);
      return results;
    }
    // EXEC only reports that a command was refused; the refusal itself says why.
    const refusal = [...answers, results].find((answer) => answer instanceof Error);
    throw refusal ?? new Error(results === null ? 'the transaction was discarded' : 'EXEC was answered with no list');
  }

  /** Checked once per connection: if MULTI is refused, the commands behind it would run one by one. */
  private async tryTransaction(leftMs?: number): Promise<void> {
    const { session } = this.connection;
    const [opened] = await this.requestAll([multi, discard], leftMs);
    if (opened instanceof Error) throw opened;
    this.transactional = session;
  }

  /** Lets the next command run although the slot has not arrived yet; its reply shows whether the slot has. */
  ask(leftMs?: number): void {
    void this.requestAll([asking], leftMs);
  }

  private request(
    name: string,
    args: readonly WireArgument[],
    leftMs?: number,
    replies?: GatheredReplies,
  ): Promise<unknown> {
    const command = new TimedCommand(name, args, this, replies);
    const timeoutMs = leftMs ?? this.timeoutMs;
    if (timeoutMs !== undefined) command.setTimeout(timeoutMs);
    this.dispatch(command);
    return command.promise;
  }

  /** In one write. The replies, or the errors in their places. */
  private requestAll(commands: readonly WireCommand[], leftMs?: number): Promise<unknown[]> {
    const { connection } = this;
    const replies = new GatheredReplies(commands.length);
    const leavesAtOnce = connection.holdCall(commands.length);
    try {
      for (const { name, args } of commands) void this.request(name, args, leftMs, replies);
    } finally {
      if (leavesAtOnce) connection.flush();
    }
    return replies.promise;
  }
}

const control = (name: string): WireCommand => ({ name, args: [], access: 'write' });
const multi = control('multi');
const exec = control('exec');
const discard = control('discard');
const asking = control('asking');

const isToReplica = ({ role, readOnly }: RedisOptions): boolean => role === 'slave' || readOnly === true;

function addressOf({ path, host, port, name, role, sentinels }: RedisOptions): string {
  if (!sentinels?.length) return path ?? `${host}:${port}`;
  const server = role === 'slave' ? 'a replica' : 'the primary';
  return `${server} of ${name} (Sentinels ${sentinels.map((each) => `${each.host}:${each.port}`).join(', ')})`;
}
