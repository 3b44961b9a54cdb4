import { errorText } from '../../errors/error-text.js';
import type { EventEmitter } from 'node:events';
import type { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { ClusterDriver } from '../driver/cluster-driver.js';
import { CommandTimeoutError, ConnectionError } from '../../errors/index.js';
import { isReply, refusalOf, unquote, withoutArguments } from '../driver/driver-errors.js';
import { pauseBefore } from '../driver/redis-options.js';
import { ReplyTimeout } from '../driver/reply-deadlines.js';
import { settled } from '../../waiting/settled.js';
import { WaitingCalls } from './waiting-calls.js';

/** A client that was told to disconnect has ended by then, or its server does not answer. */
const endMs = 1000;

/**
 * A client of the driver that comes and goes. A call made while it is away waits for the attempt under way, at most for
 * `commandTimeout`; once an attempt has failed, calls fail at once until one succeeds.
 */
export abstract class Link {
  /** Its name in messages. */
  abstract readonly address: string;

  /** Why it is away; `undefined` while it is connected. */
  private trouble: Error | undefined;
  /**
   * What the server refused while the connection was set up: the driver would go on, in another database for example.
   */
  private refusal: Error | undefined;
  /** The number of consecutive refusals. */
  private refusals = 0;
  private pause: NodeJS.Timeout | undefined;
  private hasFailed = false;
  private wasReady = false;
  private closed = false;
  private readonly waiting = new WaitingCalls();
  /** Fails the callers that wait in `open`. */
  private readonly opening = new Set<(error: Error) => void>();
  private readonly events: Pick<EventEmitter, 'on' | 'once' | 'off'>;

  protected constructor(
    private readonly client: Redis | ClusterDriver,
    private readonly commandTimeoutMs: number,
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
  ) {
    this.events = client;
    // Without a listener the driver prints every failed attempt.
    this.events.on('error', (error: Error) => {
      if (!this.isFalseAlarm(error)) this.down(reasonOf(error));
    });
    this.events.on('connect', () => (this.refusal = undefined));
    this.events.on('ready', () => this.up());
    this.events.on('close', () => this.lost());
    this.events.on('end', () => this.fail());
  }

  get isReady(): boolean {
    return this.client.status === 'ready' && !this.refusal && !this.closed;
  }

  /**
   * Resolves when the server answers. Rejects when the time is over (the attempts go on), or the server has refused.
   */
  async open(timeoutMs: number): Promise<void> {
    const { client, events } = this;
    if (client.status === 'ready' && !this.refusal) return;
    let timer: NodeJS.Timeout | undefined;
    let ready: (() => void) | undefined;
    let ended: (() => void) | undefined;
    let refused: ((error: Error) => void) | undefined;
    let fail: ((error: Error) => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.opening.add((fail = reject));
        timer = setTimeout(() => reject(this.unreachable(`within ${timeoutMs} ms`)), timeoutMs);
        events.on('ready', (ready = () => this.refusal ?? resolve()));
        events.once('end', (ended = () => reject(this.unreachable('because it was closed'))));
        events.on(
          'error',
          (refused = (error) => {
            const refusal = refusalOf(reasonOf(error), this.address);
            if (refusal) reject(refusal);
          }),
        );
        client.connect().catch(() => undefined);
      });
    } finally {
      clearTimeout(timer);
      if (fail) this.opening.delete(fail);
      if (ready) events.off('ready', ready);
      if (ended) events.off('end', ended);
      if (refused) events.off('error', refused);
    }
  }

  /**
   * Lets calls under way finish, for at most `commandTimeout`, then closes; does not wait for a server that does not
   * answer.
   */
  async close(waitedMs = 0): Promise<void> {
    const { client } = this;
    this.closed = true;
    clearTimeout(this.pause);
    this.fail();
    for (const fail of this.opening) fail(this.hopeless());
    const leftMs = Math.max(0, this.commandTimeoutMs - waitedMs);
    const isLeft = client.status === 'ready' && !(await settled(client.quit(), leftMs));
    if (client.status === 'end') return;
    const ended = new Promise<void>((resolve) => this.events.once('end', resolve));
    const tellsNobody = !this.hasConnection();
    client.disconnect();
    // The driver would wait for the server to close its side, too.
    if (isLeft) this.cut();
    if (tellsNobody) this.forgetQueue(this.hopeless());
    else await settled(ended, endMs);
  }

  /** Whether there is a connection or an attempt to make one: the driver waits until it ends. */
  protected abstract hasConnection(): boolean;

  /** Ends every connection at once. */
  abstract cut(): void;

  /** Fails the calls in the driver's own queue: a driver without a connection forgets them. */
  protected abstract forgetQueue(error: Error): void;

  /** Whether a call leaves at once, and nothing has to leave before it. */
  get isOpen(): boolean {
    return this.canSend() && this.waiting.isEmpty;
  }

  /** Whether a call leaves at once, without {@link whenReady}. */
  protected get sendsNow(): boolean {
    return !this.hasFailed && this.isOpen;
  }

  /** Whether calls wait for a connection. */
  protected get isAwaited(): boolean {
    return !this.waiting.isEmpty;
  }

  /** Whether the connection sends at once. */
  protected canSend(): boolean {
    return this.client.status === 'ready';
  }

  /** Sends now, or when there is a connection, if one can be expected; always as a whole. */
  whenReady<T>(send: (leftMs?: number) => Promise<T>, ms = this.commandTimeoutMs): Promise<T> {
    const { client } = this;
    if (this.hasFailed || client.status === 'end') return Promise.reject(this.hopeless());
    if (this.isOpen) return send();
    if (client.status === 'wait') client.connect().catch(() => undefined);
    return this.waiting.add(ms, send, () => this.unreachable(`within ${this.commandTimeoutMs} ms`));
  }

  /** Leaves the connection on purpose: calls wait for the next one, as after the loss of a ready connection. */
  protected expectReturn(): void {
    this.wasReady = true;
  }

  /** Translates the driver's error for a caller; leaves the server's own errors unchanged. */
  explain(error: Error): Error {
    if (isReply(error) || error instanceof ConnectionError) return error;
    if (!(error instanceof ReplyTimeout)) return this.unreachable('any longer', error);
    return this.client.status === 'ready'
      ? new CommandTimeoutError(`no answer from ${this.address} within ${this.commandTimeoutMs} ms`)
      : this.unreachable(`within ${this.commandTimeoutMs} ms`);
  }

  protected unreachable(when: string, cause: Error | undefined = this.trouble): ConnectionError {
    const why = this.trouble ? `: ${errorText(this.trouble)}` : '';
    return new ConnectionError(`no connection to ${this.address} ${when}${why}`, { cause: withoutArguments(cause) });
  }

  protected isFalseAlarm(_error: Error): boolean {
    return false;
  }

  /** The server's last refusal: most likely its reason if it hung up. */
  protected get lastWords(): string | undefined {
    return undefined;
  }

  private down(failure: Error): void {
    const error = unquote(this.reasonFor(unquote(failure)));
    if (!this.trouble) this.logger.warn(`No connection to ${this.address}, trying again: ${errorText(error)}`);
    this.trouble = error;
    if (this.client.status === 'connect' && isReply(error)) this.refusal = error;
    if (this.client.status !== 'ready') this.fail();
  }

  /** If the server has given a reason, it is more useful than the news that the connection broke during set-up. */
  private reasonFor(failure: Error): Error {
    const { lastWords } = this;
    if (lastWords === undefined || this.refusal || isReply(failure) || this.wasReady) return failure;
    return new Error(lastWords, { cause: failure });
  }

  private up(): void {
    this.wasReady = true;
    if (this.closed) return;
    if (this.refusal) return this.connectAnewLater();
    this.refusals = 0;
    if (this.trouble) this.logger.log(`Connected to ${this.address}`);
    this.trouble = undefined;
    this.hasFailed = false;
    // It may have been left while it was set up: calls go on waiting for the next one.
    if (this.canSend()) this.waiting.sendAll();
  }

  /** The driver ignores such a refusal; the server may well agree another time. */
  private connectAnewLater(): void {
    clearTimeout(this.pause);
    this.pause = setTimeout(
      () => {
        if (this.refusal && this.client.status === 'ready') this.client.disconnect(true);
      },
      pauseBefore(++this.refusals),
    ).unref();
  }

  /** The first attempt after a loss may well succeed, and calls wait for it. */
  private lost(): void {
    if (!this.wasReady) {
      const isNews = this.lastWords !== undefined || !this.trouble;
      if (isNews && !this.refusal && !this.closed) this.down(new Error('the connection closed before it was ready'));
      this.fail();
    }
    this.wasReady = false;
  }

  private fail(): void {
    this.hasFailed = true;
    this.waiting.failAll(this.hopeless());
  }

  /** The error of calls while attempts to connect fail, or after the last one. */
  private hopeless(): Error {
    if (this.closed) return this.unreachable('because it was closed');
    return (this.trouble && refusalOf(this.trouble, this.address)) ?? this.unreachable('now');
  }
}

/** For a cluster that cannot be reached: the error of the last node. */
const reasonOf = (error: Error & { lastNodeError?: Error }): Error => error.lastNodeError ?? error;
